package dev.lateen.model.validate;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/// Istio's rules for WasmPlugin and TrafficExtension. Thread: any. Source: Istio's references of both.
final class ExtensionRules {
    private static final Pattern HASH = Pattern.compile("[a-f0-9]{64}");
    private static final Set<String> SCHEMES = Set.of("oci", "http", "https", "file");

    private ExtensionRules() {}

    static void wasmPlugin(View spec) {
        common(spec);
        module(spec);
    }

    static void trafficExtension(View spec) {
        common(spec);
        if (!spec.hasAny("wasm", "lua")) {
            spec.report().error(spec.spot(), "missing-required", "extension has neither wasm nor lua");
        }
        spec.object("wasm").ifPresent(ExtensionRules::module);
        spec.object("lua")
                .filter(lua -> lua.text("inlineCode").isBlank())
                .ifPresent(lua -> lua.error("inlineCode", "missing-required", "script is empty"));
    }

    private static void common(View spec) {
        Checks.selector(spec, "selector", "matchLabels");
        Checks.targets(spec);
        for (View match : spec.objects("match")) {
            Set<Long> seen = new HashSet<>();
            for (View port : match.objects("ports")) {
                Checks.port(port, "number");
                if (!seen.add(port.number("number"))) {
                    port.error("number", "duplicate", "port number is given twice");
                }
            }
        }
    }

    private static void module(View wasm) {
        String url = wasm.text("url");
        int scheme = url.indexOf("://");
        if (url.isEmpty()) {
            wasm.error("url", "missing-required", "url is missing", "oci://registry/image:tag, https:// or file://");
        } else if (scheme >= 0 && !SCHEMES.contains(url.substring(0, scheme))) {
            wasm.error("url", "bad-format", "scheme is not supported", "oci, https, http or file");
        }
        if (wasm.has("sha256")
                && wasm.filled("sha256")
                && !HASH.matcher(wasm.text("sha256")).matches()) {
            wasm.error("sha256", "bad-format", "not a SHA-256 hash", "64 digits of 0-9a-f");
        }
        for (String field : new String[] {"imagePullSecret", "pluginName"}) {
            boolean bad =
                    wasm.has(field) && (!wasm.filled(field) || wasm.text(field).length() > 256);
            if (bad) {
                wasm.error(field, "bad-format", "name is empty or longer than 256 characters");
            }
        }
        wasm.object("vmConfig").ifPresent(ExtensionRules::environment);
    }

    private static void environment(View vm) {
        Set<String> names = new HashSet<>();
        for (View variable : vm.objects("env")) {
            if (!variable.filled("name")) {
                variable.error("name", "missing-required", "variable has no name");
            } else if (!names.add(variable.text("name"))) {
                variable.error("name", "duplicate", "variable is given twice");
            }
            if (variable.text("valueFrom").equals("HOST") && variable.filled("value")) {
                variable.error("value", "conflict", "the host gives the value", "valueFrom: INLINE");
            }
        }
    }
}
