package dev.lateen.proxy.rbac;

import com.google.protobuf.Any;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// 100 policies of which the last allows the caller, or none.
@State(Scope.Thread)
public class RbacBenchmark {
    private static final Place HERE = Place.resource("listener", "bench");

    private final RbacGate gate = gate();
    private final StreamInfo known = from("account-99");
    private final StreamInfo stranger = from("stranger");

    private static RbacGate gate() {
        RBAC.Builder rbac = RBAC.newBuilder().setStatPrefix("bench");
        for (int index = 0; index < 100; index++) {
            rbac.getRulesBuilder().putPolicies(String.format(Locale.ROOT, "policy-%02d", index), policy(index));
        }
        TypedConfig config = TypedConfig.of(Any.pack(rbac.build()), HERE);
        return new RbacGate(RbacDecoder.network(config, HERE).rules(), new Stats(), "bench", "rbac");
    }

    private static Policy policy(int index) {
        var caller = StringMatcher.newBuilder().setExact(name("account-" + index));
        return Policy.newBuilder()
                .addPermissions(Permission.newBuilder().setAny(true))
                .addPrincipals(Principal.newBuilder()
                        .setAuthenticated(Principal.Authenticated.newBuilder().setPrincipalName(caller)))
                .build();
    }

    private static String name(String account) {
        return "spiffe://cluster.local/ns/default/sa/" + account;
    }

    private static StreamInfo from(String account) {
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "a", "/", new Headers());
        info.downstreamTls = true;
        info.downstreamPeerNames = List.of(name(account));
        return info;
    }

    @Benchmark
    public @Nullable String allowedByTheLast() {
        return gate.refusal(known);
    }

    @Benchmark
    public @Nullable String allowedByNone() {
        return gate.refusal(stranger);
    }
}
