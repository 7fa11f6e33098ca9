package dev.lateen.cli;

import dev.lateen.cli.explain.LiveGraph;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of commands that show the numbers of the dashboard's graph.
final class GraphOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee = CommandSpec.create();

    @Option(
            names = "--by",
            paramLabel = "KIND",
            description = "One of: workload, app, version, service (default: ${DEFAULT-VALUE}).",
            converter = Kind.Converter.class,
            defaultValue = "workload")
    private Kind kind = Kind.WORKLOAD;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            description = "Over how many seconds, from 2 to 3600 (default: ${DEFAULT-VALUE}).",
            defaultValue = "10")
    private int window = 10;

    private enum Kind {
        WORKLOAD("workload"),
        APP("app"),
        VERSION("versionedApp"),
        SERVICE("service");

        private final String query;

        Kind(String query) {
            this.query = query;
        }

        static final class Converter implements picocli.CommandLine.ITypeConverter<Kind> {
            @Override
            public Kind convert(String value) {
                for (Kind kind : Kind.values()) {
                    if (kind.name().equalsIgnoreCase(value)) {
                        return kind;
                    }
                }
                throw new picocli.CommandLine.TypeConversionException(
                        "'" + value + "' (expected: workload, app, version or service)");
            }
        }
    }

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private MeshTarget target = new MeshTarget();

    /// The graph of the namespace that is asked for, or of all.
    LiveGraph live() throws IOException {
        if (window < 2 || window > 3600) {
            throw new ParameterException(mixee.commandLine(), "--window " + window + " (expected: 2 to 3600)");
        }
        String namespace = target.namespace();
        return LiveGraph.of(
                controlPlanes.of(target),
                "type=" + kind.query + "&window=" + window
                        + (namespace.isEmpty()
                                ? ""
                                : "&namespaces=" + URLEncoder.encode(namespace, StandardCharsets.UTF_8)));
    }
}
