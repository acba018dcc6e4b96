// The part of libpigpio's interface that the npm package `pigpio` compiles against. Signatures and numbers follow the
// documentation of the C interface (abyz.me.uk/rpi/pigpio/cif.html); everything behind them is in fake-pigpio.c.
#ifndef PIGPIO_H
#define PIGPIO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PI_MAX_USER_GPIO 31
#define PI_CFG_NOSIGHANDLER (1 << 10)

#define PI_INIT_FAILED -1
#define PI_BAD_USER_GPIO -2
#define PI_BAD_LEVEL -5
#define PI_BAD_DUTYCYCLE -8
#define PI_BAD_DUTYRANGE -21
#define PI_NOT_PWM_GPIO -92
#define PI_NOT_HPWM_GPIO -95
#define PI_BAD_HPWM_FREQ -96
#define PI_BAD_FILTER -125

#define PI_WAVE_NOT_FOUND 9998
#define PI_WAVE_MODE_ONE_SHOT 0
#define PI_WAVE_MODE_REPEAT 1

typedef struct {
  uint32_t gpioOn, gpioOff, usDelay;
} gpioPulse_t;

typedef void (*gpioAlertFunc_t)(int gpio, int level, uint32_t tick);
typedef void (*gpioISRFunc_t)(int gpio, int level, uint32_t tick);

int gpioInitialise(void);
void gpioTerminate(void);
unsigned gpioHardwareRevision(void);
uint32_t gpioTick(void);
uint32_t gpioCfgGetInternals(void);
int gpioCfgSetInternals(uint32_t value);
int gpioCfgInterfaces(unsigned interfaces);
int gpioCfgClock(unsigned micros, unsigned peripheral, unsigned source);
int gpioCfgSocketPort(unsigned port);

int gpioSetMode(unsigned gpio, unsigned mode);
int gpioGetMode(unsigned gpio);
int gpioSetPullUpDown(unsigned gpio, unsigned pud);
int gpioRead(unsigned gpio);
int gpioWrite(unsigned gpio, unsigned level);
int gpioTrigger(unsigned gpio, unsigned length, unsigned level);
int gpioGlitchFilter(unsigned gpio, unsigned steady);
int gpioSetISRFunc(unsigned gpio, unsigned edge, int timeout, gpioISRFunc_t handler);
int gpioSetAlertFunc(unsigned gpio, gpioAlertFunc_t handler);

int gpioPWM(unsigned gpio, unsigned duty);
int gpioHardwarePWM(unsigned gpio, unsigned frequency, unsigned duty);
int gpioGetPWMdutycycle(unsigned gpio);
int gpioSetPWMrange(unsigned gpio, unsigned range);
int gpioGetPWMrange(unsigned gpio);
int gpioGetPWMrealRange(unsigned gpio);
int gpioSetPWMfrequency(unsigned gpio, unsigned frequency);
int gpioGetPWMfrequency(unsigned gpio);
int gpioServo(unsigned gpio, unsigned pulseWidth);
int gpioGetServoPulsewidth(unsigned gpio);

uint32_t gpioRead_Bits_0_31(void);
uint32_t gpioRead_Bits_32_53(void);
int gpioWrite_Bits_0_31_Set(uint32_t bits);
int gpioWrite_Bits_0_31_Clear(uint32_t bits);
int gpioWrite_Bits_32_53_Set(uint32_t bits);
int gpioWrite_Bits_32_53_Clear(uint32_t bits);

int gpioNotifyOpen(void);
int gpioNotifyOpenWithSize(int size);
int gpioNotifyBegin(unsigned handle, uint32_t bits);
int gpioNotifyPause(unsigned handle);
int gpioNotifyClose(unsigned handle);

int gpioWaveClear(void);
int gpioWaveAddNew(void);
int gpioWaveAddGeneric(unsigned count, gpioPulse_t *pulses);
int gpioWaveCreate(void);
int gpioWaveDelete(unsigned wave);
int gpioWaveTxSend(unsigned wave, unsigned mode);
int gpioWaveChain(char *buffer, unsigned size);
int gpioWaveTxAt(void);
int gpioWaveTxBusy(void);
int gpioWaveTxStop(void);
int gpioWaveGetMicros(void);
int gpioWaveGetHighMicros(void);
int gpioWaveGetMaxMicros(void);
int gpioWaveGetPulses(void);
int gpioWaveGetHighPulses(void);
int gpioWaveGetMaxPulses(void);
int gpioWaveGetCbs(void);
int gpioWaveGetHighCbs(void);
int gpioWaveGetMaxCbs(void);

#ifdef __cplusplus
}
#endif
#endif
