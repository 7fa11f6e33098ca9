package dev.lateen.proxy.dns;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What `/etc/resolv.conf` says.
///
/// Limits: three name servers, six search domains, as the system's own resolver; other options have no meaning for one
/// who forwards.
///
/// Source: resolv.conf(5). Thread: any (immutable).
///
/// @param timeout for which one name server is waited for, each time
/// @param rounds how often all of them are asked
public record ResolverConfig(List<InetSocketAddress> servers, List<String> search, Duration timeout, int rounds) {
    private static final int PORT = 53;
    private static final int MOST_SERVERS = 3;
    private static final int MOST_SEARCH = 6;
    private static final int MOST_SECONDS = 30;
    private static final int MOST_ROUNDS = 5;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
    private static final int DEFAULT_ROUNDS = 2;

    public ResolverConfig {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }

    /// A file that is not there means that nobody can be asked.
    public static ResolverConfig read(Path file) throws IOException {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException _) {
            return parse("");
        }
    }

    static ResolverConfig parse(String text) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> search = List.of();
        Duration timeout = DEFAULT_TIMEOUT;
        int rounds = DEFAULT_ROUNDS;
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length < 2) {
                continue;
            }
            switch (words[0]) {
                case "nameserver" -> {
                    InetAddress address = address(words[1]);
                    if (address != null && servers.size() < MOST_SERVERS) {
                        servers.add(new InetSocketAddress(address, PORT));
                    }
                }
                case "search", "domain" -> search = domains(words);
                case "options" -> {
                    for (String option : words) {
                        timeout = Duration.ofSeconds(number(option, "timeout:", timeout.toSeconds(), MOST_SECONDS));
                        rounds = (int) number(option, "attempts:", rounds, MOST_ROUNDS);
                    }
                }
                default -> {}
            }
        }
        return new ResolverConfig(servers, search, timeout, rounds);
    }

    private static @org.jspecify.annotations.Nullable InetAddress address(String text) {
        return NetUtil.createInetAddressFromIpAddressString(text);
    }

    private static List<String> domains(String[] words) {
        List<String> domains = new ArrayList<>();
        for (int i = 1; i < words.length && domains.size() < MOST_SEARCH; i++) {
            String lower = words[i].toLowerCase(Locale.ROOT);
            String plain = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
            if (!plain.isEmpty()) {
                domains.add(plain);
            }
        }
        return domains;
    }

    private static long number(String option, String name, long otherwise, int most) {
        String text = option.startsWith(name) ? option.substring(name.length()) : "";
        return text.matches("[0-9]{1,6}") ? Math.clamp(Long.parseLong(text), 1, most) : otherwise;
    }
}
