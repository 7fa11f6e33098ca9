/*
 * istio-cni: what a container runtime runs for every pod that gets its network on a node whose mesh captures traffic by
 * the node agent. It asks the agent (`lateen cni`) over a UNIX socket and hands on what the plugin before it made; the
 * rules are made by the agent, which has the programs and the rights for it.
 *
 * It is C, and linked statically, because it runs on the node and not in a container: nothing may be assumed there,
 * neither Java nor a shell nor a C library, and each pod that starts waits for it.
 *
 * Where the agent cannot be reached, pods of the mesh are refused, which makes the runtime try again; all others start.
 * Which is which the runtime says, if it hands on annotations (containerd since 1.5, CRI-O since 1.29). Of other runtimes
 * every pod starts, and those of the mesh are held by their container istio-validation.
 *
 * Source: the CNI specification 1.1, sections "Execution protocol" and "Error".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    MOST_BYTES = 1 << 20,
    PATIENCE_SECONDS = 30,
    TRY_AGAIN_LATER = 11,
    BAD_CONFIGURATION = 7
};

static const char DEFAULT_SOCKET[] = "/var/run/istio-cni/pluginevent.sock";

/* A part of a text. */
struct span {
    const char *start;
    const char *end;
};

static char configuration[MOST_BYTES];
static char answer[MOST_BYTES];

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) {
        at++;
    }
    return at;
}

/* What follows a JSON text that begins with its quotation mark; NULL where it does not end. */
static const char *skip_text(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '\\') {
            at++;
        } else if (*at == '"') {
            return at + 1;
        }
    }
    return NULL;
}

/* What follows a JSON value of any kind; NULL where it does not end. */
static const char *skip_value(const char *at, const char *end)
{
    int depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = skip_text(at, end);
            if (at == NULL) {
                return NULL;
            }
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0) {
                return at; /* ends what the value stands in */
            }
            depth--;
            at++;
        } else if (*at == ',' && depth == 0) {
            return at;
        } else {
            at++;
            if (depth > 0 || (at < end && *at != ',' && *at != '}' && *at != ']')) {
                continue;
            }
        }
        if (depth == 0) {
            return at;
        }
    }
    return NULL;
}

/* Finds the value that an object has under a name, which must not need escaping. */
static int find(struct span object, const char *name, struct span *value)
{
    const char *at = skip_space(object.start, object.end);
    size_t length = strlen(name);
    if (at >= object.end || *at != '{') {
        return 0;
    }
    at = skip_space(at + 1, object.end);
    while (at < object.end && *at == '"') {
        const char *key = at + 1;
        const char *after = skip_text(at, object.end);
        if (after == NULL) {
            return 0;
        }
        int found = (size_t)(after - 1 - key) == length && memcmp(key, name, length) == 0;
        at = skip_space(after, object.end);
        if (at >= object.end || *at != ':') {
            return 0;
        }
        at = skip_space(at + 1, object.end);
        const char *end = skip_value(at, object.end);
        if (end == NULL) {
            return 0;
        }
        if (found) {
            value->start = at;
            value->end = end;
            return 1;
        }
        at = skip_space(end, object.end);
        if (at < object.end && *at == ',') {
            at = skip_space(at + 1, object.end);
        }
    }
    return 0;
}

/* Copies a text that needs no unescaping; leaves `copy` where there is none, or none that fits. */
static void copy_text(struct span object, const char *name, char *copy, size_t size)
{
    struct span value;
    if (find(object, name, &value) && *value.start == '"') {
        size_t length = (size_t)(value.end - value.start) - 2;
        if (length < size && memchr(value.start + 1, '\\', length) == NULL) {
            memcpy(copy, value.start + 1, length);
            copy[length] = '\0';
        }
    }
}

/* Whether the runtime says that the pod has a sidecar. */
static int is_meshed(struct span config)
{
    struct span runtime, annotations, status;
    return find(config, "runtimeConfig", &runtime)
        && find(runtime, "io.kubernetes.cri.pod-annotations", &annotations)
        && find(annotations, "sidecar.istio.io/status", &status);
}

static int write_all(int to, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(to, bytes, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return 0;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return 1;
}

/* How much there was to read; -1 where it was too much, or could not be read. */
static ssize_t read_all(int from, char *into)
{
    size_t length = 0;
    while (length < MOST_BYTES) {
        ssize_t count = read(from, into + length, MOST_BYTES - length);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count < 0 ? -1 : (ssize_t)length;
        }
        length += (size_t)count;
    }
    return -1;
}

static int fail(const char *version, int code, const char *message, const char *details)
{
    printf("{\"cniVersion\":\"%s\",\"code\":%d,\"msg\":\"%s\",\"details\":\"%s\"}\n", version, code, message, details);
    return 1;
}

/*
 * Asks the agent. It finds the pod's network as a file that this process has open, so that it need not see where the
 * runtime keeps it.
 *
 * Returns the length of its answer; -1 where it gives none, with errno.
 */
static ssize_t ask(const char *path, struct span config)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    const char *network = getenv("CNI_NETNS");
    const char *arguments = getenv("CNI_ARGS");
    char head[4096];
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int file = open(network == NULL ? "" : network, O_RDONLY | O_CLOEXEC);
    int agent = file < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (agent < 0) {
        return -1;
    }
    setsockopt(agent, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(agent, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int length = snprintf(head, sizeof head, "network %d %d\narguments %s\n\n", (int)getpid(), file,
                          arguments == NULL ? "" : arguments);
    if (length >= (int)sizeof head) {
        errno = E2BIG;
        return -1;
    }
    if (connect(agent, (struct sockaddr *)&address, sizeof address) < 0
        || !write_all(agent, head, (size_t)length)
        || !write_all(agent, config.start, (size_t)(config.end - config.start))
        || shutdown(agent, SHUT_WR) < 0) {
        return -1;
    }
    return read_all(agent, answer);
}

static int add(void)
{
    char version[32] = "0.3.1";
    char path[108];
    strcpy(path, DEFAULT_SOCKET);
    ssize_t length = read_all(STDIN_FILENO, configuration);
    if (length < 0) {
        return fail(version, BAD_CONFIGURATION, "the network's configuration is too large or cannot be read", "");
    }
    struct span config = {configuration, configuration + length};
    copy_text(config, "cniVersion", version, sizeof version);
    copy_text(config, "socket", path, sizeof path);
    ssize_t said = ask(path, config);
    int passes = said >= 5 && memcmp(answer, "pass\n", 5) == 0;
    int refuses = said >= 7 && memcmp(answer, "refuse\n", 7) == 0;
    if (refuses) {
        write_all(STDOUT_FILENO, answer + 7, (size_t)said - 7);
        return 1;
    }
    if (!passes && is_meshed(config)) {
        return fail(version, TRY_AGAIN_LATER, "the mesh's node agent (istio-cni-node) does not answer",
                    said < 0 ? strerror(errno) : "it has ended amidst its work");
    }
    struct span before;
    if (find(config, "prevResult", &before)) {
        write_all(STDOUT_FILENO, before.start, (size_t)(before.end - before.start));
    } else {
        printf("{\"cniVersion\":\"%s\"}\n", version);
    }
    return 0;
}

int main(void)
{
    const char *command = getenv("CNI_COMMAND");
    signal(SIGPIPE, SIG_IGN);
    if (command == NULL) {
        fprintf(stderr, "istio-cni: a CNI plugin; container runtimes run it (CNI_COMMAND is not set)\n");
        return 1;
    }
    if (strcmp(command, "VERSION") == 0) {
        puts("{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}");
        return 0;
    }
    /* The rules go with the pod's network: DEL, CHECK, GC and STATUS find nothing to do. */
    return strcmp(command, "ADD") == 0 ? add() : 0;
}
