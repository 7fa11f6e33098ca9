package dev.lateen.proxy.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.lateen.regex.BoundedPatterns;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Decodes the types that many resources share. Every method throws a `Refusal` on bad input.
public final class CommonDecoder {
    private static final int MAX_PORT = 65_535;
    private static final long MAX_FILE_BYTES = 4 << 20;
    private static final long NANOS = 1_000_000_000L;

    private CommonDecoder() {}

    /// An IP literal becomes a resolved address, a name an unresolved one, a pipe a `DomainSocketAddress`.
    public static SocketAddress address(Address address, Place at) {
        return switch (address.getAddressCase()) {
            case SOCKET_ADDRESS -> socketAddress(address.getSocketAddress(), at.field("socket_address"));
            case PIPE -> pipe(address.getPipe().getPath(), at.field("pipe"));
            case ENVOY_INTERNAL_ADDRESS ->
                throw at.field("envoy_internal_address").unsupported();
            case ADDRESS_NOT_SET -> throw at.refuse("an address is missing (expected: socket_address or pipe)");
        };
    }

    private static SocketAddress socketAddress(io.envoyproxy.envoy.config.core.v3.SocketAddress address, Place at) {
        if (address.getProtocol() != io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol.TCP) {
            throw at.field("protocol").refuse(address.getProtocol(), "TCP");
        }
        int port = address.getPortValue();
        if (port < 0 || port > MAX_PORT) {
            throw at.field("port_value").refuse(Integer.toUnsignedString(port), "0 to 65535");
        }
        String host = address.getAddress();
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        if (bytes == null) {
            at.field("address").require(!host.isEmpty(), "is empty (expected: an IP address or a host name)");
            return InetSocketAddress.createUnresolved(host, port);
        }
        return new InetSocketAddress(ip(bytes), port);
    }

    private static SocketAddress pipe(String path, Place at) {
        at.field("path").require(!path.isEmpty(), "is empty (expected: the path of a Unix socket)");
        return new DomainSocketAddress(path);
    }

    private static InetAddress ip(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
        }
    }

    /// An IP literal, without any lookup.
    public static InetAddress ip(String text, Place at) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            throw at.refuse("'" + text + "'", "an IP address");
        }
        return ip(bytes);
    }

    public static HttpUri httpUri(io.envoyproxy.envoy.config.core.v3.HttpUri uri, Place at) {
        return HttpUri.of(uri, at);
    }

    public static CidrRange cidr(io.envoyproxy.envoy.config.core.v3.CidrRange range, Place at) {
        InetAddress address = ip(range.getAddressPrefix(), at.field("address_prefix"));
        int bits = range.hasPrefixLen() ? range.getPrefixLen().getValue() : 0;
        int max = address.getAddress().length * Byte.SIZE;
        if (bits < 0 || bits > max) {
            throw at.field("prefix_len").refuse(bits, "0 to " + max);
        }
        return CidrRange.of(address, bits);
    }

    /// Zero or more; at most 315,576,000,000 seconds, as the wire type allows.
    public static Duration duration(com.google.protobuf.Duration duration, Place at) {
        if (duration.getSeconds() < 0 || duration.getNanos() < 0) {
            throw at.refuse(duration.getSeconds() + "." + duration.getNanos() + "s", "a duration of at least 0s");
        }
        if (duration.getSeconds() > Long.MAX_VALUE / NANOS - 1) {
            throw at.refuse(duration.getSeconds() + "s", "less than 292 years");
        }
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    public static Pattern regex(RegexMatcher matcher, Place at) {
        at.field("regex").require(!matcher.getRegex().isEmpty(), "is empty (expected: an RE2 expression, such as .*)");
        return regex(matcher.getRegex(), at.field("regex"));
    }

    /// RE2 syntax; matched against whole values, never parts, by its users.
    public static Pattern regex(String regex, Place at) {
        try {
            return BoundedPatterns.compile(regex);
        } catch (PatternSyntaxException e) {
            throw at.refuse("'" + regex + "' is no valid RE2 expression: " + e.getDescription());
        }
    }

    public static StringMatcher string(io.envoyproxy.envoy.type.matcher.v3.StringMatcher matcher, Place at) {
        boolean ignoreCase = matcher.getIgnoreCase();
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> StringMatcher.exact(matcher.getExact(), ignoreCase);
            case PREFIX -> StringMatcher.prefix(matcher.getPrefix(), ignoreCase);
            case SUFFIX -> StringMatcher.suffix(matcher.getSuffix(), ignoreCase);
            case CONTAINS -> StringMatcher.contains(matcher.getContains(), ignoreCase);
            case SAFE_REGEX -> {
                at.field("ignore_case").require(!ignoreCase, "has no meaning for safe_regex; use (?i) instead");
                yield new StringMatcher.Regex(regex(matcher.getSafeRegex(), at.field("safe_regex")));
            }
            case CUSTOM -> throw at.field("custom").unsupported();
            case MATCHPATTERN_NOT_SET -> throw at.refuse("a string matcher without a pattern");
        };
    }

    @SuppressWarnings("deprecation") // The old forms of HeaderMatcher are still sent.
    public static HeaderMatcher header(io.envoyproxy.envoy.config.route.v3.HeaderMatcher matcher, Place at) {
        at.field("name").require(!matcher.getName().isEmpty(), "is empty (expected: a header name)");
        HeaderMatcher.Test test = switch (matcher.getHeaderMatchSpecifierCase()) {
            case EXACT_MATCH -> value(StringMatcher.exact(matcher.getExactMatch(), false));
            case PREFIX_MATCH -> value(StringMatcher.prefix(matcher.getPrefixMatch(), false));
            case SUFFIX_MATCH -> value(StringMatcher.suffix(matcher.getSuffixMatch(), false));
            case CONTAINS_MATCH -> value(StringMatcher.contains(matcher.getContainsMatch(), false));
            case SAFE_REGEX_MATCH ->
                value(new StringMatcher.Regex(regex(matcher.getSafeRegexMatch(), at.field("safe_regex_match"))));
            case STRING_MATCH -> value(string(matcher.getStringMatch(), at.field("string_match")));
            case RANGE_MATCH ->
                new HeaderMatcher.Range(
                        matcher.getRangeMatch().getStart(),
                        matcher.getRangeMatch().getEnd());
            case PRESENT_MATCH -> new HeaderMatcher.Present(matcher.getPresentMatch());
            case HEADERMATCHSPECIFIER_NOT_SET -> new HeaderMatcher.Present(true);
        };
        return new HeaderMatcher(
                matcher.getName().toLowerCase(java.util.Locale.ROOT),
                test,
                matcher.getInvertMatch(),
                matcher.getTreatMissingHeaderAsEmpty());
    }

    private static HeaderMatcher.Test value(StringMatcher matcher) {
        return new HeaderMatcher.Value(matcher);
    }

    public static Fraction fraction(io.envoyproxy.envoy.type.v3.FractionalPercent percent, Place at) {
        int denominator = switch (percent.getDenominator()) {
            case HUNDRED -> 100;
            case TEN_THOUSAND -> 10_000;
            case MILLION -> 1_000_000;
            case UNRECOGNIZED ->
                throw at.field("denominator").refuse(percent.getDenominatorValue(), "HUNDRED, TEN_THOUSAND or MILLION");
        };
        return new Fraction(percent.getNumerator(), denominator);
    }

    /// The default value: there is no runtime layer that could override it (see `bootstrap`).
    public static Fraction fraction(RuntimeFractionalPercent percent, Place at) {
        return fraction(percent.getDefaultValue(), at.field("default_value"));
    }

    /// @param percent 0 to 100
    public static Fraction fraction(io.envoyproxy.envoy.type.v3.Percent percent, Place at) {
        double value = percent.getValue();
        if (!(value >= 0 && value <= 100)) {
            throw at.field("value").refuse(value, "0 to 100");
        }
        return new Fraction((int) Math.round(value * 10_000), 1_000_000);
    }

    /// Reads the bytes; a file is read now, at most 4 MiB of it. Blocks: not for event loops of the data path.
    public static byte[] data(DataSource source, Place at) {
        return switch (source.getSpecifierCase()) {
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
            case FILENAME -> file(source.getFilename(), at.field("filename"));
            case ENVIRONMENT_VARIABLE -> {
                String value = System.getenv(source.getEnvironmentVariable());
                if (value == null) {
                    throw at.field("environment_variable")
                            .refuse("'" + source.getEnvironmentVariable() + "' is not set in the environment");
                }
                yield value.getBytes(StandardCharsets.UTF_8);
            }
            case SPECIFIER_NOT_SET ->
                throw at.refuse("is empty (expected: filename, inline_bytes, inline_string or environment_variable)");
        };
    }

    /// Reads a file, at most 4 MiB of it. Blocks: not for event loops of the data path.
    public static byte[] file(String name, Place at) {
        try {
            Path path = Path.of(name);
            // A device or a pipe tells no size, and may never end.
            at.require(!Files.exists(path) || Files.isRegularFile(path), "'" + name + "' is no regular file");
            if (Files.size(path) > MAX_FILE_BYTES) {
                throw at.refuse("'" + name + "' is larger than 4 MiB");
            }
            return Files.readAllBytes(path);
        } catch (java.nio.file.InvalidPathException e) {
            throw at.refuse("'" + name + "' is no path");
        } catch (IOException e) {
            throw at.refuse("'" + name + "' cannot be read: " + cause(e)
                    + "; check that it exists and that this user may read it");
        }
    }

    private static String cause(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException _ -> "no such file";
            case java.nio.file.AccessDeniedException _ -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }
}
