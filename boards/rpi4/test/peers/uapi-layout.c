// Prints what a C compiler makes of the headers of GPIO, I2C and serial ports: the witness for src/gpiochip/uapi.ts,
// src/i2c/rdwr.ts and src/serial/rs485.ts.
#include <asm/ioctls.h>
#include <linux/gpio.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/serial.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define SIZE(type) printf("%s %zu\n", #type, sizeof(struct type))
#define FIELD(type, field) \
  printf("%s.%s %zu %zu\n", #type, #field, offsetof(struct type, field), sizeof(((struct type *)0)->field))
#define NUMBER(name) printf("%s %llu\n", #name, (unsigned long long)(name))

int main(void) {
  SIZE(gpiochip_info);
  FIELD(gpiochip_info, name);
  FIELD(gpiochip_info, label);
  FIELD(gpiochip_info, lines);

  SIZE(gpio_v2_line_info);
  FIELD(gpio_v2_line_info, name);
  FIELD(gpio_v2_line_info, consumer);
  FIELD(gpio_v2_line_info, offset);
  FIELD(gpio_v2_line_info, num_attrs);
  FIELD(gpio_v2_line_info, flags);

  SIZE(gpio_v2_line_attribute);
  FIELD(gpio_v2_line_attribute, id);
  FIELD(gpio_v2_line_attribute, flags);
  FIELD(gpio_v2_line_attribute, values);
  FIELD(gpio_v2_line_attribute, debounce_period_us);

  SIZE(gpio_v2_line_config_attribute);
  FIELD(gpio_v2_line_config_attribute, attr);
  FIELD(gpio_v2_line_config_attribute, mask);

  SIZE(gpio_v2_line_config);
  FIELD(gpio_v2_line_config, flags);
  FIELD(gpio_v2_line_config, num_attrs);
  FIELD(gpio_v2_line_config, attrs);

  SIZE(gpio_v2_line_request);
  FIELD(gpio_v2_line_request, offsets);
  FIELD(gpio_v2_line_request, consumer);
  FIELD(gpio_v2_line_request, config);
  FIELD(gpio_v2_line_request, num_lines);
  FIELD(gpio_v2_line_request, event_buffer_size);
  FIELD(gpio_v2_line_request, fd);

  SIZE(gpio_v2_line_values);
  FIELD(gpio_v2_line_values, bits);
  FIELD(gpio_v2_line_values, mask);

  SIZE(gpio_v2_line_event);
  FIELD(gpio_v2_line_event, timestamp_ns);
  FIELD(gpio_v2_line_event, id);
  FIELD(gpio_v2_line_event, offset);
  FIELD(gpio_v2_line_event, seqno);
  FIELD(gpio_v2_line_event, line_seqno);

  NUMBER(GPIO_GET_CHIPINFO_IOCTL);
  NUMBER(GPIO_V2_GET_LINEINFO_IOCTL);
  NUMBER(GPIO_V2_GET_LINE_IOCTL);
  NUMBER(GPIO_V2_LINE_GET_VALUES_IOCTL);
  NUMBER(GPIO_V2_LINE_SET_VALUES_IOCTL);

  NUMBER(GPIO_V2_LINE_FLAG_USED);
  NUMBER(GPIO_V2_LINE_FLAG_ACTIVE_LOW);
  NUMBER(GPIO_V2_LINE_FLAG_INPUT);
  NUMBER(GPIO_V2_LINE_FLAG_OUTPUT);
  NUMBER(GPIO_V2_LINE_FLAG_EDGE_RISING);
  NUMBER(GPIO_V2_LINE_FLAG_EDGE_FALLING);
  NUMBER(GPIO_V2_LINE_FLAG_OPEN_DRAIN);
  NUMBER(GPIO_V2_LINE_FLAG_OPEN_SOURCE);
  NUMBER(GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
  NUMBER(GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN);
  NUMBER(GPIO_V2_LINE_FLAG_BIAS_DISABLED);

  NUMBER(GPIO_V2_LINE_ATTR_ID_FLAGS);
  NUMBER(GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES);
  NUMBER(GPIO_V2_LINE_ATTR_ID_DEBOUNCE);
  NUMBER(GPIO_V2_LINE_EVENT_RISING_EDGE);
  NUMBER(GPIO_V2_LINE_EVENT_FALLING_EDGE);
  SIZE(i2c_msg);
  FIELD(i2c_msg, addr);
  FIELD(i2c_msg, flags);
  FIELD(i2c_msg, len);
  FIELD(i2c_msg, buf);

  SIZE(i2c_rdwr_ioctl_data);
  FIELD(i2c_rdwr_ioctl_data, msgs);
  FIELD(i2c_rdwr_ioctl_data, nmsgs);

  NUMBER(I2C_M_RD);
  NUMBER(I2C_M_TEN);
  NUMBER(I2C_RDWR);
  NUMBER(I2C_RDWR_IOCTL_MAX_MSGS);

  SIZE(serial_rs485);
  FIELD(serial_rs485, flags);
  FIELD(serial_rs485, delay_rts_before_send);
  FIELD(serial_rs485, delay_rts_after_send);

  NUMBER(SER_RS485_ENABLED);
  NUMBER(SER_RS485_RTS_ON_SEND);
  NUMBER(SER_RS485_RTS_AFTER_SEND);
  NUMBER(SER_RS485_RX_DURING_TX);
  NUMBER(TIOCSRS485);
  return 0;
}
