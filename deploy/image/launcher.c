// SPDX-License-Identifier: Apache-2.0
// bulla: the image's and the package's command. It starts the Java runtime beside it with the fixed options of jvm.options,
// and hands on only those environment variables that Bulla reads. An image without a shell has nothing else that could drop
// JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS, _JAVA_OPTIONS, LD_PRELOAD and their like, which would let whoever writes an
// environment put code into the process that holds the keys. No libc: a few hundred bytes, nothing to update.

#define PREFIX "/opt/bulla"
#define ARCHIVE PREFIX "/app/bulla.jsa"
#define ARCHIVE_FOR_AWS PREFIX "/app/bulla-aws.jsa"
#define MOST_ARGUMENTS 64
#define MOST_VARIABLES 64
// Of 4,096 bytes; the plugin reads no configuration that is longer.
#define MOST_CHUNKS 256
#define AT_FDCWD -100
#define O_RDONLY 0
#define O_CLOEXEC 02000000

static const char *const options[] = {
    PREFIX "/jre/bin/java",
    "@" PREFIX "/app/jvm.options",
    "-XX:SharedArchiveFile=" ARCHIVE,
    "-Djava.library.path=" PREFIX "/app/native",
    "-jar",
    PREFIX "/app/bulla.jar",
};
#define OPTIONS (sizeof options / sizeof *options)
#define AT_ARCHIVE 2

// A name that ends with '*' stands for all that begin so.
static const char *const handed_on[] = {
    "AWS_*", "HOME=*", "TZ=*", "NOTIFY_SOCKET=*", "WATCHDOG_USEC=*", "WATCHDOG_PID=*", "CREDENTIALS_DIRECTORY=*",
};

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, EXECVE = 59, EXIT = 60, OPENAT = 257, NEWFSTATAT = 262, MODE_AT = 24 };
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call launch\n");
static long call(long number, long a, long b, long c) {
  long result;
  register long r10 __asm__("r10") = 0;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
enum { READ = 63, WRITE = 64, EXECVE = 221, EXIT = 93, OPENAT = 56, NEWFSTATAT = 79, MODE_AT = 16 };
__asm__(".globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  bl launch\n");
static long call(long number, long a, long b, long c) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = 0;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
#else
#error "Bulla is built for x86-64 and ARM64"
#endif

static _Noreturn void fail(const char *message) {
  long length = 0;
  while (message[length]) length++;
  call(WRITE, 2, (long)message, length);
  for (;;) call(EXIT, 2, 0, 0);
}

static int is_handed_on(const char *variable) {
  for (unsigned i = 0; i < sizeof handed_on / sizeof *handed_on; i++) {
    const char *name = handed_on[i];
    const char *at = variable;
    while (*name != '*' && *name == *at) name++, at++;
    if (*name == '*') return 1;
  }
  return 0;
}

static int same(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return *one == *other;
}

// A file proper: a pipe could be read only once, and that is the plugin's.
static int is_file(const char *path) {
  static char status[256];
  return call(NEWFSTATAT, AT_FDCWD, (long)path, (long)status) == 0 && (*(unsigned *)(status + MODE_AT) & 0170000) == 0100000;
}

// Whether the configuration says "aws" somewhere. A wrong guess costs a tenth of a second, or 10 MB.
static int is_for_aws(const char *path) {
  static const char word[] = "aws";
  static char text[4096];
  if (!is_file(path)) return 0;
  long file = call(OPENAT, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC);
  unsigned found = 0;
  for (long left = MOST_CHUNKS; file >= 0 && left > 0; left--) {
    long length = call(READ, file, (long)text, sizeof text);
    if (length <= 0) return 0;
    for (long i = 0; i < length; i++) {
      found = text[i] == word[found] ? found + 1 : text[i] == word[0];
      if (!word[found]) return 1;
    }
  }
  return 0;
}

// The kernel's stack: the number of arguments, the arguments, 0, the environment, 0.
_Noreturn __attribute__((used)) void launch(long *stack) {
  static const char *arguments[OPTIONS + MOST_ARGUMENTS + 1];
  // Native memory stays small: one arena, and the compiler's blocks on pages of their own, which go back to the kernel
  // when they are freed. Trimming cannot give back pages that are locked.
  static const char *environment[MOST_VARIABLES + 3] = {"MALLOC_ARENA_MAX=1", "MALLOC_MMAP_THRESHOLD_=16384"};
  long count = stack[0];
  char **given = (char **)(stack + 1);
  if (count > MOST_ARGUMENTS) fail("bulla: more than 63 arguments\n");
  unsigned at = 0;
  for (unsigned i = 0; i < OPTIONS; i++) arguments[at++] = options[i];
  for (long i = 1; i < count; i++) arguments[at++] = given[i];
  if (count == 4 && same(given[1], "serve") && same(given[2], "--config") && is_file(ARCHIVE_FOR_AWS) && is_for_aws(given[3]))
    arguments[AT_ARCHIVE] = "-XX:SharedArchiveFile=" ARCHIVE_FOR_AWS;
  unsigned kept = 2;
  for (char **variable = given + count + 1; *variable; variable++) {
    if (!is_handed_on(*variable)) continue;
    if (kept > MOST_VARIABLES + 1) fail("bulla: more than 64 variables of AWS_ and the like in the environment\n");
    environment[kept++] = *variable;
  }
  call(EXECVE, (long)arguments[0], (long)arguments, (long)environment);
  fail("bulla: " PREFIX "/jre/bin/java cannot be started; Bulla must be installed in " PREFIX "\n");
}
