/* A Modbus unit by libmodbus, for tests: `server tcp PORT` or `server rtu /dev/pts/N`. Says "ready" when it listens. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static modbus_mapping_t *mapping(void) {
  modbus_mapping_t *map = modbus_mapping_new(100, 100, 200, 200);
  for (int index = 0; index < 200; index++) {
    map->tab_registers[index] = index;
    map->tab_input_registers[index] = 1000 + index;
  }
  for (int index = 0; index < 100; index++) map->tab_input_bits[index] = index % 3 == 0;
  /* 21.50888824 as IEEE 754 is 0x41ac1234; high word first, then low word first. */
  const uint16_t words[] = {0x41ac, 0x1234, 0x1234, 0x41ac};
  memcpy(map->tab_registers + 100, words, sizeof words);
  return map;
}

/* Answers until the connection ends. */
static void serve(modbus_t *context, modbus_mapping_t *map, int is_line) {
  uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
  for (;;) {
    int length = modbus_receive(context, request);
    if (length > 0) modbus_reply(context, request, length, map);
    else if (length < 0 && (!is_line || errno == EBADF || errno == EIO)) return;
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  modbus_mapping_t *map = mapping();
  if (strcmp(arguments[1], "rtu") == 0) {
    modbus_t *line = modbus_new_rtu(arguments[2], 19200, 'N', 8, 1);
    modbus_set_slave(line, 1);
    if (modbus_connect(line) != 0) {
      perror("modbus_connect");
      return 1;
    }
    puts("ready");
    fflush(stdout);
    serve(line, map, 1);
    return 0;
  }
  modbus_t *server = modbus_new_tcp("127.0.0.1", atoi(arguments[2]));
  int listening = modbus_tcp_listen(server, 5);
  if (listening < 0) {
    perror("modbus_tcp_listen");
    return 1;
  }
  puts("ready");
  fflush(stdout);
  for (;;) {
    modbus_tcp_accept(server, &listening);
    serve(server, map, 0);
    modbus_close(server);
  }
}
