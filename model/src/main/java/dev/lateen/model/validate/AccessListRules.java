package dev.lateen.model.validate;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Rules for an access list. Thread: any.
final class AccessListRules {
    private static final int MOST = 10_000;
    private static final int MOST_SOURCES = 64;
    private static final List<String> LISTS = List.of("ipBlocks", "remoteIpBlocks", "principals");

    private AccessListRules() {}

    static void check(View spec) {
        PolicyKindRules.attachment(spec);
        boolean any = spec.size("sources") + spec.size("headers") > 0;
        for (String list : LISTS) {
            any |= spec.size(list) > 0;
            PolicyKindRules.atMost(spec, list, MOST);
        }
        if (!any) {
            boolean deny = spec.text("action").equals("DENY");
            spec.report()
                    .warning(
                            spec.spot(),
                            "empty-list",
                            deny ? "nobody is on the list" : "nobody is on the list, so that nobody gets in",
                            "ipBlocks, remoteIpBlocks, principals, headers or sources");
        }
        Checks.subnets(spec, "ipBlocks");
        Checks.subnets(spec, "remoteIpBlocks");
        spec.items("principals").forEach(principal -> principal(spec.report(), principal));
        for (View header : spec.objects("headers")) {
            header(header);
        }
        PolicyKindRules.atMost(spec, "sources", MOST_SOURCES);
        spec.objects("sources").forEach(AccessListRules::source);
    }

    private static void principal(Report report, Spot principal) {
        String text = principal.value();
        if (text.startsWith("spiffe://")) {
            report.error(
                    principal,
                    "bad-format",
                    "a principal stands without its scheme",
                    text.substring("spiffe://".length()));
        } else if (!isPrincipal(text)) {
            report.error(
                    principal,
                    "bad-format",
                    "not a principal",
                    "trust-domain/ns/namespace/sa/account, with a * at one end at most");
        }
    }

    /// An identity without its scheme, with a star at one end at most.
    static boolean isPrincipal(String text) {
        boolean printable = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
        String bare = text.replaceFirst("^\\*|\\*$", "");
        return !text.isEmpty() && printable && !bare.contains("*") && !text.startsWith("spiffe://");
    }

    private static void header(View header) {
        if (header.has("name")) {
            RequestMatchRules.headerName(header.report(), header.spot("name"));
        }
        PolicyKindRules.atMost(header, "values", MOST);
        if (header.has("values") && header.size("values") == 0) {
            header.error("values", "missing-required", "list is empty", "values, or * for any");
        }
        for (Spot value : header.items("values")) {
            if (value.value().isEmpty()) {
                header.report().error(value, "bad-format", "value is empty", "a value, or * for any");
            }
        }
    }

    private static void source(View source) {
        if (!source.hasAny("file", "url")) {
            source.error("file", "missing-required", "source has neither file nor url");
        }
        if (source.has("file")) {
            file(source);
        }
        if (source.has("url")) {
            RequestAuthenticationRules.uri(source.report(), source.spot("url"));
        }
        boolean ofHeader = source.text("holds").equals("HEADER_VALUES");
        if (ofHeader && !source.has("header")) {
            source.error("header", "missing-required", "HEADER_VALUES needs the name of the header", "header: x-…");
        } else if (!ofHeader && source.has("header")) {
            source.error("header", "conflict", "a header goes with values of it", "holds: HEADER_VALUES");
        } else if (source.has("header")) {
            RequestMatchRules.headerName(source.report(), source.spot("header"));
        }
        atLeast(source, "refreshInterval", Duration.ofSeconds(1), "at least 1s");
        atLeast(source, "timeout", Duration.ofMillis(1), "at least 1ms");
    }

    private static void atLeast(View source, String field, Duration least, String expected) {
        if (source.duration(field).filter(set -> set.compareTo(least) < 0).isPresent()) {
            source.error(field, "out-of-range", "duration is too short", expected);
        }
    }

    private static void file(View source) {
        String text = source.text("file");
        try {
            Path path = Path.of(text);
            if (text.isEmpty() || path.isAbsolute() || path.normalize().startsWith("..")) {
                source.error(
                        "file",
                        "bad-format",
                        "the file must be below the configuration directory",
                        "a relative path without ..");
            }
        } catch (InvalidPathException _) {
            source.error("file", "bad-format", "not a path");
        }
    }
}
