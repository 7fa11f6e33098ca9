package dev.lateen.model.validate;

import dev.lateen.model.telemetry.LogObject;

/// What a MeshConfig says of access logs. Thread: any. Source: Istio's reference of MeshConfig.
final class MeshLoggingRules {
    private static final String INSTEAD = "it writes - there";

    private MeshLoggingRules() {}

    static void check(View config) {
        collector(config);
        if (config.filled("accessLogFormat")) {
            KnownWords.format(config.report(), config.spot("accessLogFormat"), INSTEAD);
            if (config.text("accessLogEncoding").equals("JSON")
                    && LogObject.fields(config.text("accessLogFormat")).isEmpty()) {
                config.warning(
                        "accessLogFormat",
                        "no-effect",
                        "entries in JSON have fields, and this is no JSON object: they have the usual ones",
                        "an object such as {\"status\": \"%RESPONSE_CODE%\"}, or accessLogEncoding: TEXT");
            }
        }
    }

    private static void collector(View config) {
        boolean named = config.object("defaultConfig")
                .flatMap(proxies -> proxies.object("envoyAccessLogService"))
                .filter(server -> server.filled("address"))
                .isPresent();
        if (config.flag("enableEnvoyAccessLogService") && !named) {
            config.warning(
                    "enableEnvoyAccessLogService",
                    "no-effect",
                    "nobody is named who takes the entries: none are sent",
                    "defaultConfig.envoyAccessLogService.address");
        }
    }

    /// `logFormat` of a provider: a line, or the fields of an object.
    static void format(View format) {
        KnownWords.format(format.report(), format.spot("text"), INSTEAD);
        format.object("labels").ifPresent(MeshLoggingRules::labels);
    }

    private static void labels(View labels) {
        for (String name : labels.mapping().fields().keySet()) {
            KnownWords.format(labels.report(), labels.spot(name), INSTEAD);
            labels.object(name).ifPresent(MeshLoggingRules::labels);
            labels.items(name).forEach(item -> KnownWords.format(labels.report(), item, INSTEAD));
            labels.objects(name).forEach(MeshLoggingRules::labels);
        }
    }
}
