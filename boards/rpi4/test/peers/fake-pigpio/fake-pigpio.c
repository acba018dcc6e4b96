// libpigpio without a Raspberry Pi: the lines are memory, alerts come from a thread as in the real library, and a test
// looks at the wires through the fake_ functions. Waves, notifications and banks are declared but not there.
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "pigpio.h"

enum { LINES = PI_MAX_USER_GPIO + 1, HARDWARE_RANGE = 1000000 };

// gpioSetPWMfrequency, column for the default sample rate of 5 microseconds.
static const int frequencies[] = {8000, 4000, 2000, 1600, 1000, 800, 500, 400, 320,
                                  250,  200,  160,  100,  80,   50,  40,  20,  10};

static struct line {
  int mode, pull, level, steady;
  int pwm, hardware, duty, range, frequency;
  gpioAlertFunc_t alert;
} lines[LINES];

static int initialised;
static uint32_t internals;
static unsigned interfaces;

static struct line *line(unsigned gpio) { return initialised && gpio < LINES ? &lines[gpio] : NULL; }

static void on_signal(int number) {
  (void)number;
  // The real library terminates itself and ends the process.
  _exit(99);
}

int gpioInitialise(void) {
  if (getenv("FAKE_PIGPIO_FAILS")) return PI_INIT_FAILED;
  for (int i = 0; i < LINES; i++) lines[i] = (struct line){.range = 255, .frequency = 800};
  if (!(internals & PI_CFG_NOSIGHANDLER)) signal(SIGTERM, on_signal);
  initialised = 1;
  return 79;
}

void gpioTerminate(void) { initialised = 0; }
uint32_t gpioCfgGetInternals(void) { return internals; }

int gpioCfgSetInternals(uint32_t value) {
  internals = value;
  return 0;
}

int gpioCfgInterfaces(unsigned value) {
  interfaces = value;
  return 0;
}

int gpioSetMode(unsigned gpio, unsigned mode) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  l->mode = (int)mode;
  return 0;
}

int gpioGetMode(unsigned gpio) {
  struct line *l = line(gpio);
  return l ? l->mode : PI_BAD_USER_GPIO;
}

int gpioSetPullUpDown(unsigned gpio, unsigned pud) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  l->pull = (int)pud;
  if (l->mode == 0 && pud != 0) l->level = pud == 2;
  return 0;
}

int gpioRead(unsigned gpio) {
  struct line *l = line(gpio);
  return l ? l->level : PI_BAD_USER_GPIO;
}

int gpioWrite(unsigned gpio, unsigned level) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  if (level > 1) return PI_BAD_LEVEL;
  l->pwm = l->hardware = 0;
  l->level = (int)level;
  return 0;
}

int gpioGlitchFilter(unsigned gpio, unsigned steady) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  if (steady > 300000) return PI_BAD_FILTER;
  l->steady = (int)steady;
  return 0;
}

int gpioSetAlertFunc(unsigned gpio, gpioAlertFunc_t handler) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  l->alert = handler;
  return 0;
}

int gpioPWM(unsigned gpio, unsigned duty) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  if ((int)duty > l->range) return PI_BAD_DUTYCYCLE;
  l->pwm = 1;
  l->hardware = 0;
  l->mode = 1;
  l->duty = (int)duty;
  return 0;
}

int gpioHardwarePWM(unsigned gpio, unsigned frequency, unsigned duty) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  if (gpio != 12 && gpio != 13 && gpio != 18 && gpio != 19) return PI_NOT_HPWM_GPIO;
  if (frequency > 187500000) return PI_BAD_HPWM_FREQ;
  if (duty > HARDWARE_RANGE) return PI_BAD_DUTYCYCLE;
  l->pwm = l->hardware = 1;
  l->frequency = (int)frequency;
  l->duty = (int)duty;
  return 0;
}

int gpioGetPWMdutycycle(unsigned gpio) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  return l->pwm ? l->duty : PI_NOT_PWM_GPIO;
}

int gpioSetPWMrange(unsigned gpio, unsigned range) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  if (range < 25 || range > 40000) return PI_BAD_DUTYRANGE;
  l->range = (int)range;
  return 0;
}

int gpioSetPWMfrequency(unsigned gpio, unsigned frequency) {
  struct line *l = line(gpio);
  if (!l) return PI_BAD_USER_GPIO;
  int best = frequencies[0];
  for (unsigned i = 1; i < sizeof frequencies / sizeof *frequencies; i++)
    if (abs(frequencies[i] - (int)frequency) < abs(best - (int)frequency)) best = frequencies[i];
  l->frequency = best;
  return best;
}

int gpioGetPWMfrequency(unsigned gpio) {
  struct line *l = line(gpio);
  return l ? l->frequency : PI_BAD_USER_GPIO;
}

static void *alert(void *argument) {
  struct line *l = argument;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  l->alert((int)(l - lines), l->level, (uint32_t)(now.tv_sec * 1000000 + now.tv_nsec / 1000));
  return NULL;
}

// For the test: drives a wire from outside, as a button does.
void fake_drive(unsigned gpio, int level) {
  struct line *l = &lines[gpio];
  if (l->mode != 0 || l->level == level) return;
  l->level = level;
  pthread_t thread;
  if (l->alert && pthread_create(&thread, NULL, alert, l) == 0) pthread_detach(thread);
}

// For the test: 0 mode, 1 pull, 2 level, 3 steady, 4 duty, 5 range, 6 frequency, 7 hardware PWM.
int fake_line(unsigned gpio, unsigned what) {
  struct line *l = &lines[gpio];
  const int values[] = {l->mode, l->pull, l->level, l->steady, l->duty, l->range, l->frequency, l->hardware};
  return values[what];
}

unsigned fake_interfaces(void) { return interfaces; }
int fake_initialised(void) { return initialised; }
