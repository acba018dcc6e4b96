// Preloaded into programs that use /dev/i2c-N: carries each transaction to a bus made of memory, over the Unix socket
// that I2C_SHIM_SOCKET names. A request is the number of messages (u8) and for each its address, flags and length (u16,
// this machine's order) with the bytes of a write; the answer is 0 or a negative errno (i32), then the bytes of all reads.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_FDS 4096
#define MAX_REQUEST 65536

// The socket behind each descriptor of a bus: a number may be closed unseen and belong to another file by now.
static ino_t bus_of[MAX_FDS];
static uint16_t address_of[MAX_FDS];
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ino_t inode(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

#define IS_BUS(fd) ((fd) >= 0 && (fd) < MAX_FDS && bus_of[fd] && bus_of[fd] == inode(fd))

static int open_bus(void) {
  const char *path = getenv("I2C_SHIM_SOCKET");
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  if (!path || strlen(path) >= sizeof name.sun_path) return errno = ENOENT, -1;
  strcpy(name.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (fd >= MAX_FDS || connect(fd, (struct sockaddr *)&name, sizeof name)) {
    NEXT(close)(fd);
    return errno = ENOENT, -1;
  }
  bus_of[fd] = inode(fd);
  address_of[fd] = 0;
  return fd;
}

static int all(int fd, uint8_t *bytes, size_t length, int writing) {
  while (length > 0) {
    ssize_t done = writing ? send(fd, bytes, length, MSG_NOSIGNAL) : recv(fd, bytes, length, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return -1;
    bytes += done;
    length -= done;
  }
  return 0;
}

static int transfer(int fd, struct i2c_msg *messages, int count) {
  static uint8_t request[MAX_REQUEST];
  int32_t status = -ENODEV;
  pthread_mutex_lock(&one_at_a_time);
  size_t length = 0;
  request[length++] = count;
  int failed = 0;
  for (int i = 0; i < count; i++) {
    struct i2c_msg *m = &messages[i];
    uint16_t head[3] = {m->addr, m->flags, m->len};
    failed |= length + sizeof head + m->len > MAX_REQUEST;
    if (failed) break;
    memcpy(request + length, head, sizeof head);
    length += sizeof head;
    if (m->flags & I2C_M_RD) continue;
    memcpy(request + length, m->buf, m->len);
    length += m->len;
  }
  failed = failed || all(fd, request, length, 1) || all(fd, (uint8_t *)&status, sizeof status, 0);
  for (int i = 0; i < count && !failed && status == 0; i++)
    if (messages[i].flags & I2C_M_RD) failed = all(fd, messages[i].buf, messages[i].len, 0);
  pthread_mutex_unlock(&one_at_a_time);
  if (failed || status) return errno = failed ? ENODEV : -status, -1;
  return count;
}

// What i2c_smbus_xfer_emulated of drivers/i2c/i2c-core-smbus.c makes of an SMBus call.
static int smbus(int fd, struct i2c_smbus_ioctl_data *call) {
  uint8_t out[I2C_SMBUS_BLOCK_MAX + 2] = {call->command}, in[I2C_SMBUS_BLOCK_MAX + 1];
  int reading = call->read_write == I2C_SMBUS_READ;
  union i2c_smbus_data *data = call->data;
  struct i2c_msg messages[2] = {{address_of[fd], 0, 1, out}, {address_of[fd], I2C_M_RD, 0, in}};
  int count = reading ? 2 : 1;
  switch (call->size) {
    case I2C_SMBUS_QUICK:
      messages[0].len = 0;
      messages[0].flags = reading ? I2C_M_RD : 0;
      return transfer(fd, messages, 1) < 0 ? -1 : 0;
    case I2C_SMBUS_BYTE:
      if (!reading) break;
      messages[1].len = 1;
      if (transfer(fd, &messages[1], 1) < 0) return -1;
      data->byte = in[0];
      return 0;
    case I2C_SMBUS_BYTE_DATA:
      messages[1].len = 1;
      if (!reading) out[messages[0].len++] = data->byte;
      break;
    case I2C_SMBUS_WORD_DATA:
      messages[1].len = 2;
      if (reading) break;
      out[messages[0].len++] = data->word & 0xff;
      out[messages[0].len++] = data->word >> 8;
      break;
    case I2C_SMBUS_I2C_BLOCK_DATA:
      messages[1].len = data->block[0];
      if (reading) break;
      memcpy(out + 1, data->block + 1, data->block[0]);
      messages[0].len += data->block[0];
      break;
    default:
      return errno = EOPNOTSUPP, -1;
  }
  if (transfer(fd, messages, count) < 0) return -1;
  if (!reading) return 0;
  if (call->size == I2C_SMBUS_BYTE_DATA) data->byte = in[0];
  else if (call->size == I2C_SMBUS_WORD_DATA) data->word = in[0] | in[1] << 8;
  else memcpy(data->block + 1, in, messages[1].len);
  return 0;
}

int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  if (!IS_BUS(fd)) return NEXT(ioctl)(fd, request, argument);
  switch (request) {
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
      address_of[fd] = (uintptr_t)argument;
      return 0;
    case I2C_FUNCS:
      *(unsigned long *)argument = I2C_FUNC_I2C | I2C_FUNC_10BIT_ADDR | I2C_FUNC_SMBUS_EMUL;
      return 0;
    case I2C_SMBUS:
      return smbus(fd, argument);
    case I2C_RDWR: {
      struct i2c_rdwr_ioctl_data *data = argument;
      return transfer(fd, data->msgs, data->nmsgs);
    }
    case I2C_PEC:
    case I2C_TENBIT:
      return 0;
  }
  return errno = ENOTTY, -1;
}

static int is_ours(const char *path) { return path && strstr(path, "/dev/i2c-") != NULL; }

#define OPEN(name)                                          \
  int name(const char *path, int flags, ...) {              \
    va_list arguments;                                      \
    va_start(arguments, flags);                             \
    int mode = va_arg(arguments, int);                      \
    va_end(arguments);                                      \
    return is_ours(path) ? open_bus() : NEXT(name)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < MAX_FDS) bus_of[fd] = 0;
  return NEXT(close)(fd);
}

static ssize_t plain(int fd, void *bytes, size_t length, int reading) {
  struct i2c_msg message = {address_of[fd], reading ? I2C_M_RD : 0, length, bytes};
  return transfer(fd, &message, 1) < 0 ? -1 : (ssize_t)length;
}

ssize_t read(int fd, void *bytes, size_t length) {
  return IS_BUS(fd) ? plain(fd, bytes, length, 1) : NEXT(read)(fd, bytes, length);
}
ssize_t write(int fd, const void *bytes, size_t length) {
  return IS_BUS(fd) ? plain(fd, (void *)bytes, length, 0) : NEXT(write)(fd, bytes, length);
}
// Node's fs gives positions; a bus has none.
#define AT(name, pointer, reading)                                      \
  ssize_t name(int fd, pointer bytes, size_t length, off64_t position) { \
    return IS_BUS(fd) ? plain(fd, (void *)bytes, length, reading) : NEXT(name)(fd, bytes, length, position); \
  }
AT(pread64, void *, 1)
AT(pwrite64, const void *, 0)
#undef pread
#undef pwrite
AT(pread, void *, 1)
AT(pwrite, const void *, 0)
