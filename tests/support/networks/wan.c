/* wan - emulates a star-shaped wide area network between network namespaces.
 *   wan [--seed N] [--replace] --host SPEC [--host SPEC ...]
 *   SPEC = ID[-ID][:KEY=VALUE,...]   ID is 1..254, KEY is one of
 *     up, down  rate of the access link: 20mbit, 500kbit, 1gbit (0, the default: unlimited)
 *     delay     one-way delay of the access link: 20ms, 500us
 *     loss      % of packets lost on the access link, in each direction
 *     queue     longest wait before a rate-limited link, drop-tail (100ms)
 *     nat       none, full, cone or symmetric (only at start)
 * Host i is namespace host<i>, 10.99.0.<i>/24 on the TUN device wan0.  With NAT, that address is in
 * namespace nat<i>, and host<i> is 192.168.<i>.2 behind it: with ports kept and open to everyone (full), with
 * ports kept and open to whom the host has sent to (cone), or with a port for each destination (symmetric).
 * Host 254, the server, is always there.
 * A packet from i to j takes uplink i, delay i + delay j, downlink j: the RTT is
 * 2 * (delay i + delay j), the loss each way 1 - (1 - loss i) * (1 - loss j).
 * Prints "ready" when the network is up.  On stdin, if a pipe, lines with a SPEC change links at run
 * time, and its end ends the emulator, as SIGINT and SIGTERM do: it then deletes the namespaces.
 * --replace first deletes those that a killed run left behind.  SIGUSR1 prints counters.
 * One at a time: another one's start waits until this one has ended. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define TICK 50000              /* ns, the grain of all waits */
#define GRAIN 500000            /* ns from one look to the next at least, as network cards gather interrupts: on a
                                   full computer a wake for each packet takes more of it than the packets do */
#define SLOTS (1 << 17)         /* ticks that the timing wheel holds: 6.5 s */
#define BATCH 32                /* packets read from one host before others get their turn */

struct link { double rate; int64_t free; uint64_t pkts, bytes, lost, full; };
struct host {
    int used, made, fd;
    const char *nat;            /* the flag of its nftables masquerade rule, or "" */
    int full;                   /* whether its NAT lets everyone in */
    double delay, queue, loss;  /* ns, ns, % */
    struct link up, down;
};
struct pkt { struct pkt *next; int64_t at; int to, sent, len; unsigned char data[2048]; };
struct slot { struct pkt *first, *last; };

static struct host hosts[256];
static struct slot wheel[SLOTS];    /* packets to take onward at each tick */
static int64_t cursor, kept;    /* the next tick to handle; packets in the wheel */
static struct pkt *spare;
static volatile sig_atomic_t stop, want_stats;

static int64_t clock_ns(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_MONOTONIC, &t), t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void discard(struct pkt *p) { p->next = spare; spare = p; }

/* Keeps p until time "at", behind all that is kept until then already. */
static void keep(struct pkt *p, int64_t at)
{
    int64_t tick = (at + TICK - 1) / TICK;
    if (tick <= cursor) tick = cursor + 1;
    if (tick - cursor >= SLOTS) errx(1, "a delay is too long");
    struct slot *s = &wheel[tick % SLOTS];
    p->at = at, p->next = NULL, kept++;
    s->last = *(s->first ? &s->last->next : &s->first) = p;
}

/* Crosses a link that a packet reaches at time t: the time it leaves, or -1 if dropped.
 * A rate is a token bucket of one packet: packets leave one after another at that rate. */
static int64_t cross(struct host *h, struct link *l, int64_t t, int len)
{
    if (l->rate > 0) {
        if (l->free < t) l->free = t;
        if (l->free - t > h->queue) { l->full++; return -1; }
        t = l->free += len * 8e9 / l->rate;
    }
    if (h->loss > 0 && drand48() * 100 < h->loss) { l->lost++; return -1; }
    l->pkts++, l->bytes += len;
    return t;
}

/* Takes p onward if time t has come, else keeps it until then. */
static void advance(struct pkt *p, int64_t t, int64_t now)
{
    struct host *h = &hosts[p->to];
    int wait = t > now;
    if (!wait && !p->sent++) {          /* it has reached the downlink */
        t = cross(h, &h->down, t, p->len);
        wait = t >= 0 && h->down.rate > 0;      /* behind those that wait there, even if t has come */
    }
    if (wait) { keep(p, t); return; }
    if (t >= 0 && write(h->fd, p->data, p->len) < 0) h->down.lost++;
    discard(p);
}

/* Reads what h sent; ignores all but IPv4 packets to a host of this network. */
static void receive(struct host *h, int64_t now)
{
    for (int k = 0; k < BATCH; k++) {
        struct pkt *p = spare;
        if (p) spare = p->next;
        else if (!(p = malloc(sizeof *p))) err(1, "packet");
        p->len = read(h->fd, p->data, sizeof p->data);
        p->to = p->data[19], p->sent = 0;
        int64_t t = -1;
        if (p->len >= 20 && p->data[0] >> 4 == 4 && !memcmp(p->data + 16, "\x0a\x63\x00", 3) && hosts[p->to].used)
            t = cross(h, &h->up, now, p->len);
        if (t >= 0) advance(p, t + h->delay + hosts[p->to].delay, now);
        else discard(p);
        if (p->len < 0) return;
    }
}

/* A quantity with its unit, in bit/s or ns. */
static double quantity(const char *s)
{
    static const struct { const char *name; double scale; } unit[] = {
        { "bit", 1 }, { "kbit", 1e3 }, { "mbit", 1e6 }, { "gbit", 1e9 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
    char *end;
    double v = strtod(s, &end);
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
        if (!strcmp(end, unit[i].name)) return v * unit[i].scale;
    return strcmp(s, "0") ? errx(1, "bad quantity %s", s), 0 : 0;
}

/* Applies a SPEC; "running" when the hosts are there already. */
static void parse(char *spec, int running)
{
    char *end, *save = 0;
    long a = strtol(spec, &end, 10), b = *end == '-' ? strtol(end + 1, &end, 10) : a;
    if (a < 1 || b < a || b > 254 || (*end && *end != ':')) errx(1, "bad host %s", spec);
    for (struct host *h = &hosts[a]; h <= &hosts[b]; h++) {
        if (running && !h->used) errx(1, "no host %s", spec);
        if (!h->used) *h = (struct host){ .used = 1, .nat = "", .queue = 100e6 };
    }
    for (char *k = *end ? strtok_r(end + 1, ",", &save) : 0, *v; k; k = strtok_r(0, ",", &save)) {
        if (!(v = strchr(k, '=')) || (*v++ = 0)) errx(1, "bad option %s", k);
        for (struct host *h = &hosts[a]; h <= &hosts[b]; h++) {
            if (!strcmp(k, "up")) h->up.rate = quantity(v);
            else if (!strcmp(k, "down")) h->down.rate = quantity(v);
            else if (!strcmp(k, "delay")) h->delay = quantity(v);
            else if (!strcmp(k, "queue")) h->queue = quantity(v);
            else if (!strcmp(k, "loss")) h->loss = atof(v);
            else if (strcmp(k, "nat") || running) errx(1, "bad option %s", k);
            else if (!strcmp(v, "cone")) h->nat = "persistent";
            else if (!strcmp(v, "full")) h->nat = "persistent", h->full = 1;
            else if (!strcmp(v, "symmetric")) h->nat = "fully-random";
            else if (strcmp(v, "none")) errx(1, "bad nat %s", v);
        }
    }
}

/* Runs a shell script in which $I is i, $NAT the masquerade flag of host i, $FULL set if all are let in. */
static int sh(int i, const char *script)
{
    char id[8];
    snprintf(id, sizeof id, "%d", i);
    setenv("I", id, 1), setenv("NAT", hosts[i].nat, 1), setenv("FULL", hosts[i].full ? "1" : "", 1);
    return system(script);
}

/* Makes host i, and leaves this process in the namespace with its TUN device. */
static void setup(int i)
{
    struct host *h = &hosts[i]; char path[32];
    snprintf(path, sizeof path, "/run/netns/%s%d", *h->nat ? "nat" : "host", i);
    if (sh(i, "ip netns add host$I")) errx(1, "a killed run may have left host%d: see --replace", i);
    h->made = 1;
    if (sh(i, "set -e; ip -n host$I link set lo up; [ $NAT ] || exit 0; ip netns add nat$I; ip -n nat$I link set lo up\n"
              "ip -n host$I link add lan0 type veth peer lan0 netns nat$I\n"
              "ip -n nat$I addr add 192.168.$I.1/24 dev lan0; ip -n nat$I link set lan0 up\n"
              "ip -n host$I addr add 192.168.$I.2/24 dev lan0; ip -n host$I link set lan0 up\n"
              "ip -n host$I route add default via 192.168.$I.1\n"
              "PRE= ACCEPT=; if [ $FULL ]; then ACCEPT='ct status dnat accept;'\n"
              "PRE=\"chain pre { type nat hook prerouting priority -100; iifname wan0 ip protocol udp dnat to 192.168.$I.2; }\"; fi\n"
              "ip netns exec nat$I sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'; ip netns exec nat$I nft \"table ip wan {\n$PRE\n"
              "chain post { type nat hook postrouting priority 100; oifname wan0 masquerade $NAT; }\n"
              "chain own { type filter hook input priority 0; iifname wan0 ct state new drop; }\n"
              "chain through { type filter hook forward priority 0; $ACCEPT iifname wan0 ct state new drop; }\n}\""))
        errx(1, "cannot make the namespaces of host %d", i);
    int ns = open(path, O_RDONLY | O_CLOEXEC);
    if (ns < 0 || setns(ns, CLONE_NEWNET) || close(ns)) err(1, "%s", path);
    struct ifreq ifr = { .ifr_name = "wan0", .ifr_flags = IFF_TUN | IFF_NO_PI };
    h->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (h->fd < 0 || ioctl(h->fd, TUNSETIFF, &ifr)) err(1, "TUN device of host %d", i);
    if (sh(i, "ip addr add 10.99.0.$I/24 dev wan0 && ip link set wan0 txqueuelen 10000 up && ip route add default dev wan0"))
        errx(1, "cannot set up the TUN device of host %d", i);
}

static void finish(void)
{
    for (int i = 1; i < 255; i++)
        if (hosts[i].made) sh(i, "ip netns del host$I; [ -z $NAT ] || ip netns del nat$I");
}

static void print_stats(void)
{
    for (int i = 0; i < 2 * 255; i++) {
        struct link *l = i % 2 ? &hosts[i / 2].down : &hosts[i / 2].up;
        if (hosts[i / 2].used) fprintf(stderr, "host%d %s: %lu packets, %lu bytes, %lu lost, %lu queue full\n", i / 2,
                                       i % 2 ? "down" : "up", l->pkts, l->bytes, l->lost, l->full);
    }
}

static void on_signal(int sig) { *(sig == SIGUSR1 ? &want_stats : &stop) = 1; }
int main(int argc, char **argv)
{
    int replace = 0, ep = epoll_create1(EPOLL_CLOEXEC), root = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    char line[256] = "254";
    parse(line, 0);
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--host") && i + 1 < argc) parse(argv[++i], 0);
        else if (!strcmp(argv[i], "--seed") && i + 1 < argc) srand48(atol(argv[++i]));
        else if (!strcmp(argv[i], "--replace")) replace = 1;
        else errx(1, "usage: wan [--seed N] [--replace] --host ID[-ID][:up=,down=,delay=,loss=,queue=,nat=] ...");
    int alone = open("/run/lock/wan", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (alone < 0 || flock(alone, LOCK_EX)) err(1, "/run/lock/wan");
    sigset_t blocked, normal;           /* signals are taken only while waiting below */
    sigemptyset(&blocked);
    for (const int *s = (int[]){ SIGINT, SIGTERM, SIGHUP, SIGUSR1, 0 }; *s; s++) sigaddset(&blocked, *s), signal(*s, on_signal);
    sigprocmask(SIG_BLOCK, &blocked, &normal);
    signal(SIGPIPE, SIG_IGN);           /* who listened may be gone before the namespaces are */
    atexit(finish);
    for (int i = 1; i < 255; i++) {
        if (!hosts[i].used) continue;
        if (replace) sh(i, "ip netns del host$I 2>&-; ip netns del nat$I 2>&-");
        setup(i), setns(root, CLONE_NEWNET);
        epoll_ctl(ep, EPOLL_CTL_ADD, hosts[i].fd, &(struct epoll_event){ EPOLLIN, { .u32 = i } });
    }
    if (!isatty(0)) epoll_ctl(ep, EPOLL_CTL_ADD, 0, &(struct epoll_event){ EPOLLIN, { .u32 = 0 } });
    if (sched_setscheduler(0, SCHED_RR, &(struct sched_param){ 1 })) warn("no real-time priority");
    puts("ready"), fflush(stdout);
    for (int64_t looked = 0; !stop; looked = clock_ns()) {
        struct epoll_event ev[64];
        int64_t now = clock_ns(), next = cursor;
        if (now - looked < GRAIN) {
            nanosleep(&(struct timespec){ 0, GRAIN - (now - looked) }, 0);
            now = clock_ns();
        }
        while (kept && !wheel[next % SLOTS].first) next++;
        int64_t wait = next * TICK > now ? next * TICK - now : 0;
        int n = epoll_pwait2(ep, ev, 64, kept ? &(struct timespec){ wait / 1000000000, wait % 1000000000 } : 0, &normal);
        if (want_stats) print_stats(), want_stats = 0;
        for (now = clock_ns(); cursor <= now / TICK; cursor = kept ? cursor + 1 : now / TICK + 1) {
            struct pkt *p = wheel[cursor % SLOTS].first, *q;
            for (wheel[cursor % SLOTS].first = NULL; p; p = q) q = p->next, kept--, advance(p, p->at, now);
        }
        for (int k = 0; k < n; k++) {
            ssize_t got;
            if (ev[k].events & EPOLLERR) errx(1, "host%d has lost its device", ev[k].data.u32);
            else if (ev[k].data.u32) receive(&hosts[ev[k].data.u32], clock_ns());
            else if ((got = read(0, line, sizeof line - 1)) <= 0) stop = 1;
            else for (char *s = (line[got] = 0, strtok(line, "\n")); s; s = strtok(0, "\n")) parse(s, 1);
        }
    }
    print_stats();
}
