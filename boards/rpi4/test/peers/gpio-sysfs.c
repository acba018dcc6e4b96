// /sys/class/gpio as a file system in user space, with interrupts, for one program.
//
//   gpio-sysfs BASE LABEL PROGRAM [ARGUMENT...]
//
// Runs PROGRAM in a mount namespace of its own where /sys/class/gpio is one chip of 58 lines numbered from BASE and
// labelled LABEL, and exits with its status. Beyond what the kernel has (Documentation/ABI/obsolete/sysfs-gpio) there is a
// folder `wire`: reading wire/N gives the level of line N, writing it drives the line from outside.
#define _GNU_SOURCE
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINES = 58, TEXT = 32 };

enum edge { EDGE_NONE = 0, EDGE_RISING = 1, EDGE_FALLING = 2, EDGE_BOTH = 3 };
static const char *const edge_names[] = {"none", "rising", "falling", "both"};

struct line {
  int exported;
  int output;
  int level;  // on the wire
  int active_low;
  enum edge edge;
  unsigned interrupts;
};

enum kind {
  ROOT, EXPORT, UNEXPORT, WIRE_FOLDER, WIRE, CHIP_FOLDER, CHIP_BASE, CHIP_LABEL, CHIP_LINES,
  LINE_FOLDER, VALUE, DIRECTION, EDGE, ACTIVE_LOW, NOTHING
};

struct node {
  enum kind kind;
  int line;
};

// An open file: a `value` file reports an interrupt until it is read again.
struct file {
  struct node node;
  unsigned seen;
  struct fuse_pollhandle *waiting;
  struct file *next;
};

static int base;
static const char *label;
static struct line lines[LINES];
static struct file *files;
static struct fuse *fuse;

static struct node lookup(const char *path) {
  static const struct { const char *name; enum kind kind; } line_files[] = {
      {"/value", VALUE}, {"/direction", DIRECTION}, {"/edge", EDGE}, {"/active_low", ACTIVE_LOW}, {"", LINE_FOLDER}};
  static const struct { const char *name; enum kind kind; } chip_files[] = {
      {"/base", CHIP_BASE}, {"/label", CHIP_LABEL}, {"/ngpio", CHIP_LINES}, {"", CHIP_FOLDER}};
  struct node none = {NOTHING, -1};
  int number, end = 0;

  if (strcmp(path, "/") == 0) return (struct node){ROOT, -1};
  if (strcmp(path, "/export") == 0) return (struct node){EXPORT, -1};
  if (strcmp(path, "/unexport") == 0) return (struct node){UNEXPORT, -1};
  if (strcmp(path, "/wire") == 0) return (struct node){WIRE_FOLDER, -1};
  if (sscanf(path, "/gpiochip%d%n", &number, &end) == 1 && number == base) {
    for (unsigned i = 0; i < 4; i++)
      if (strcmp(path + end, chip_files[i].name) == 0) return (struct node){chip_files[i].kind, -1};
    return none;
  }
  if (sscanf(path, "/wire/%d%n", &number, &end) == 1 && path[end] == 0) {
    number -= base;
    return number >= 0 && number < LINES ? (struct node){WIRE, number} : none;
  }
  if (sscanf(path, "/gpio%d%n", &number, &end) != 1) return none;
  number -= base;
  if (number < 0 || number >= LINES || !lines[number].exported) return none;
  for (unsigned i = 0; i < 5; i++)
    if (strcmp(path + end, line_files[i].name) == 0) return (struct node){line_files[i].kind, number};
  return none;
}

static int is_folder(enum kind kind) {
  return kind == ROOT || kind == WIRE_FOLDER || kind == CHIP_FOLDER || kind == LINE_FOLDER;
}

static int fs_getattr(const char *path, struct stat *stat, struct fuse_file_info *info) {
  (void)info;
  struct node node = lookup(path);
  if (node.kind == NOTHING) return -ENOENT;
  memset(stat, 0, sizeof *stat);
  stat->st_mode = is_folder(node.kind) ? S_IFDIR | 0755 : S_IFREG | 0644;
  stat->st_nlink = 1;
  stat->st_size = is_folder(node.kind) ? 0 : 4096;
  return 0;
}

static int fs_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *info,
                      enum fuse_readdir_flags flags) {
  (void)offset, (void)info, (void)flags;
  char name[TEXT];
  if (lookup(path).kind != ROOT) return 0;
  fill(buffer, "export", NULL, 0, 0);
  fill(buffer, "unexport", NULL, 0, 0);
  snprintf(name, sizeof name, "gpiochip%d", base);
  fill(buffer, name, NULL, 0, 0);
  for (int i = 0; i < LINES; i++) {
    if (!lines[i].exported) continue;
    snprintf(name, sizeof name, "gpio%d", base + i);
    fill(buffer, name, NULL, 0, 0);
  }
  return 0;
}

static int fs_open(const char *path, struct fuse_file_info *info) {
  struct node node = lookup(path);
  if (node.kind == NOTHING) return -ENOENT;
  struct file *file = calloc(1, sizeof *file);
  if (!file) return -ENOMEM;
  file->node = node;
  if (node.kind == VALUE) file->seen = lines[node.line].interrupts;
  file->next = files;
  files = file;
  info->fh = (uint64_t)(uintptr_t)file;
  info->direct_io = 1;
  return 0;
}

static struct file *file_of(struct fuse_file_info *info) { return (struct file *)(uintptr_t)info->fh; }

static void stop_waiting(struct file *file) {
  if (file->waiting) fuse_pollhandle_destroy(file->waiting);
  file->waiting = NULL;
}

static int fs_release(const char *path, struct fuse_file_info *info) {
  (void)path;
  struct file *file = file_of(info), **link = &files;
  while (*link != file) link = &(*link)->next;
  *link = file->next;
  stop_waiting(file);
  free(file);
  return 0;
}

static int fs_read(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
  (void)path;
  struct file *file = file_of(info);
  struct line *line = file->node.line >= 0 ? &lines[file->node.line] : NULL;
  char text[TEXT];
  switch (file->node.kind) {
    case VALUE:
      snprintf(text, sizeof text, "%d\n", line->level ^ line->active_low);
      if (offset == 0) file->seen = line->interrupts;
      break;
    case DIRECTION: snprintf(text, sizeof text, "%s\n", line->output ? "out" : "in"); break;
    case EDGE: snprintf(text, sizeof text, "%s\n", edge_names[line->edge]); break;
    case ACTIVE_LOW: snprintf(text, sizeof text, "%d\n", line->active_low); break;
    case WIRE: snprintf(text, sizeof text, "%d\n", line->level); break;
    case CHIP_BASE: snprintf(text, sizeof text, "%d\n", base); break;
    case CHIP_LINES: snprintf(text, sizeof text, "%d\n", LINES); break;
    case CHIP_LABEL: snprintf(text, sizeof text, "%s\n", label); break;
    default: return -EIO;
  }
  size_t length = strlen(text);
  if ((size_t)offset >= length) return 0;
  if (size > length - offset) size = length - offset;
  memcpy(buffer, text + offset, size);
  return (int)size;
}

static void interrupt(int number) {
  lines[number].interrupts++;
  for (struct file *file = files; file; file = file->next) {
    if (file->node.kind != VALUE || file->node.line != number || !file->waiting) continue;
    fuse_notify_poll(file->waiting);
    stop_waiting(file);
  }
}

static void drive(int number, int level) {
  struct line *line = &lines[number];
  if (line->level == level) return;
  line->level = level;
  enum edge edge = (level ^ line->active_low) ? EDGE_RISING : EDGE_FALLING;
  if (line->edge & edge) interrupt(number);
}

static int export_line(int number, int exported) {
  if (number < 0 || number >= LINES) return -EINVAL;
  if (lines[number].exported == exported) return exported ? -EBUSY : -EINVAL;
  // The pin keeps its direction and level, as with persist_gpio_outputs of the Raspberry Pi kernel.
  lines[number].exported = exported;
  lines[number].active_low = 0;
  lines[number].edge = EDGE_NONE;
  return 0;
}

static int set_direction(struct line *line, const char *text) {
  if (strncmp(text, "in", 2) == 0) {
    line->output = 0;
    return 0;
  }
  int high = strncmp(text, "high", 4) == 0;
  if (!high && strncmp(text, "low", 3) != 0 && strncmp(text, "out", 3) != 0) return -EINVAL;
  line->output = 1;
  line->level = high;
  return 0;
}

static int set_edge(struct line *line, const char *text) {
  if (line->output) return -EIO;
  for (int edge = 0; edge < 4; edge++) {
    if (strncmp(text, edge_names[edge], strlen(edge_names[edge])) != 0) continue;
    line->edge = (enum edge)edge;
    return 0;
  }
  return -EINVAL;
}

static int fs_write(const char *path, const char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
  (void)path, (void)offset;
  struct node node = file_of(info)->node;
  struct line *line = node.line >= 0 ? &lines[node.line] : NULL;
  char text[TEXT] = {0};
  memcpy(text, buffer, size < TEXT - 1 ? size : TEXT - 1);
  int number = atoi(text), result = 0;
  switch (node.kind) {
    case EXPORT: result = export_line(number - base, 1); break;
    case UNEXPORT: result = export_line(number - base, 0); break;
    case DIRECTION: result = set_direction(line, text); break;
    case EDGE: result = set_edge(line, text); break;
    case ACTIVE_LOW: line->active_low = number != 0; break;
    case VALUE:
      if (!line->output) return -EPERM;
      line->level = (number != 0) ^ line->active_low;
      break;
    case WIRE:
      if (line->output) return -EPERM;
      drive(node.line, number != 0);
      break;
    default: return -EIO;
  }
  return result < 0 ? result : (int)size;
}

static int fs_truncate(const char *path, off_t size, struct fuse_file_info *info) {
  (void)path, (void)size, (void)info;
  return 0;
}

static int fs_poll(const char *path, struct fuse_file_info *info, struct fuse_pollhandle *handle, unsigned *events) {
  (void)path;
  struct file *file = file_of(info);
  *events = POLLIN | POLLOUT;
  if (file->node.kind != VALUE) {
    if (handle) fuse_pollhandle_destroy(handle);
    return 0;
  }
  if (handle) {
    stop_waiting(file);
    file->waiting = handle;
  }
  if (file->seen != lines[file->node.line].interrupts) *events |= POLLPRI | POLLERR;
  return 0;
}

static const struct fuse_operations operations = {
    .getattr = fs_getattr, .readdir = fs_readdir, .open = fs_open, .release = fs_release, .read = fs_read,
    .write = fs_write, .truncate = fs_truncate, .poll = fs_poll,
};

static void on_child(int signal) {
  (void)signal;
  fuse_exit(fuse);
}

static void or_die(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(125);
}

int main(int count, char **arguments) {
  if (count < 4) {
    fprintf(stderr, "usage: gpio-sysfs BASE LABEL PROGRAM [ARGUMENT...]\n");
    return 125;
  }
  base = atoi(arguments[1]);
  label = arguments[2];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  or_die(unshare(CLONE_NEWNS), "unshare");
  or_die(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount / private");
  or_die(mount("none", "/sys/class", "tmpfs", 0, NULL), "mount tmpfs on /sys/class");
  or_die(mkdir("/sys/class/gpio", 0755), "mkdir /sys/class/gpio");

  char *fuse_arguments[] = {"gpio-sysfs", NULL};
  struct fuse_args args = FUSE_ARGS_INIT(1, fuse_arguments);
  fuse = fuse_new(&args, &operations, sizeof operations, NULL);
  if (!fuse) return 125;
  or_die(fuse_mount(fuse, "/sys/class/gpio"), "fuse_mount");

  struct sigaction action = {.sa_handler = on_child};
  or_die(sigaction(SIGCHLD, &action, NULL), "sigaction");
  pid_t child = fork();
  or_die(child, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(arguments[3], arguments + 3);
    perror(arguments[3]);
    _exit(126);
  }
  fuse_loop(fuse);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  fuse_unmount(fuse);
  fuse_destroy(fuse);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 124;
}
