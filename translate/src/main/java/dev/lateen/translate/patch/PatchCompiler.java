package dev.lateen.translate.patch;

import com.google.protobuf.Message;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.EnvoyFilter;
import dev.lateen.model.istio.EnvoyFilter.Operation;
import dev.lateen.model.istio.EnvoyFilter.Part;
import dev.lateen.model.istio.EnvoyFilter.Patch;
import dev.lateen.model.tree.Node;
import dev.lateen.regex.BoundedPatterns;
import dev.lateen.translate.message.MessageReader;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the values of patches. A patch with a mistake is left out, and reported with its place; the others of the
/// same resource stay.
///
/// Thread: any.
final class PatchCompiler {
    private final MessageReader reader;

    PatchCompiler(MessageReader reader) {
        this.reader = reader;
    }

    /// @param patches those of use, in the order of the file
    record Compiled(List<CompiledPatch> patches, List<Diagnostic> problems) {}

    Compiled compile(EnvoyFilter filter) {
        List<CompiledPatch> patches = new ArrayList<>();
        List<Diagnostic> problems = new ArrayList<>();
        for (Patch patch : filter.patches()) {
            int before = problems.size();
            Optional<Message> value = value(patch, problems);
            Optional<Pattern> version = version(patch, problems);
            if (problems.size() == before) {
                patches.add(new CompiledPatch(filter, patch, value, version));
            }
        }
        return new Compiled(patches, problems);
    }

    private Optional<Message> value(Patch patch, List<Diagnostic> problems) {
        if (patch.operation() == Operation.REMOVE) {
            return Optional.empty();
        }
        String path = patch.origin().field() + ".patch.value";
        Node value = patch.value().orElse(null);
        if (value == null) {
            problems.add(Diagnostic.error(
                    "missing-required", patch.origin().at(), path, patch.operation() + " needs a value"));
            return Optional.empty();
        }
        Message.Builder builder = builder(patch.part());
        return reader.read(value, builder, path, problems) ? Optional.of(builder.build()) : Optional.empty();
    }

    private static Message.Builder builder(Part part) {
        return switch (part) {
            case LISTENER -> Listener.newBuilder();
            case LISTENER_FILTER -> ListenerFilter.newBuilder();
            case FILTER_CHAIN -> FilterChain.newBuilder();
            case NETWORK_FILTER -> Filter.newBuilder();
            case HTTP_FILTER -> HttpFilter.newBuilder();
            case ROUTE_CONFIGURATION -> RouteConfiguration.newBuilder();
            case VIRTUAL_HOST -> VirtualHost.newBuilder();
            case HTTP_ROUTE -> Route.newBuilder();
            case CLUSTER -> Cluster.newBuilder();
            case EXTENSION_CONFIG -> TypedExtensionConfig.newBuilder();
        };
    }

    private static Optional<Pattern> version(Patch patch, List<Diagnostic> problems) {
        String text =
                patch.match().proxy().map(EnvoyFilter.ProxyMatch::proxyVersion).orElse("");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(BoundedPatterns.compile(text));
        } catch (PatternSyntaxException e) {
            problems.add(Diagnostic.error(
                            "bad-regex",
                            patch.origin().at(),
                            patch.origin().field() + ".match.proxy.proxyVersion",
                            "the regular expression cannot be read: " + e.getDescription())
                    .withValue(text));
            return Optional.empty();
        }
    }
}
