package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.model.istio.HeaderOperations;
import dev.lateen.model.istio.HeaderOperations.Change;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which routes a proxy is sent for the entries of `VirtualService.http`, and what they do.
class HttpRoutesTest {
    private static final String FAULT = "envoy.filters.http.fault";
    private static final String TO_SHOP = "route: [{destination: {host: shop.test}}]";
    private static final String SHOP = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: shop, namespace: default}
            spec:
              hosts: [shop.test, spare.test]
              resolution: STATIC
              location: MESH_INTERNAL
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 10.1.0.2}]
            ---
            """;
    private static final String GATEWAY = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: default}
            spec:
              selector: {app: web}
              servers:
              - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
              - port: {number: 443, name: https, protocol: HTTPS}
                hosts: ["*"]
                tls: {mode: SIMPLE, credentialName: edge}
            ---
            """;

    private static String rules(String name, String gateways, String entries) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: NAME, namespace: default}
                spec:
                  hosts: [shop.test]
                  gateways: [GATEWAYS]
                  http:
                """.replace("NAME", name).replace("GATEWAYS", gateways) + entries.indent(2);
    }

    /// What the proxy with the labels `app: web` is sent for requests to the shop.
    private static List<Route> sidecar(String entries) throws InvalidProtocolBufferException {
        return routes(SHOP + rules("shop", "mesh", entries), "sidecar", "80");
    }

    private static List<Route> gateway(String entries) throws InvalidProtocolBufferException {
        return routes(SHOP + GATEWAY + rules("shop", "edge", entries), "router", "http.80");
    }

    private static List<Route> routes(String mesh, String type, String name) throws InvalidProtocolBufferException {
        return new Translated(mesh, type, "default")
                .routes(name).getVirtualHostsList().stream()
                        .filter(host -> host.getName().equals("shop.test:" + name.replace("http.", "")))
                        .flatMap(host -> host.getRoutesList().stream())
                        .toList();
    }

    private static Route only(String entry) throws InvalidProtocolBufferException {
        return sidecar("- {" + entry + "}").getFirst();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sourceLabels: {app: web} | true",
                "sourceLabels: {app: other} | false",
                "sourceNamespace: default | true",
                "sourceNamespace: other | false",
                "sourceLabels: {app: web}, sourceNamespace: other | false",
            })
    void aProxyIsTheSourceOfWhatItSends(String match, boolean counts) throws Exception {
        String entry = "- {name: one, match: [{%s}], %s}".formatted(match, TO_SHOP);
        assertThat(sidecar(entry).stream().anyMatch(route -> route.getName().equals("one")))
                .isEqualTo(counts);
        assertThat(gateway(entry).stream().anyMatch(route -> route.getName().equals("one")))
                .isEqualTo(counts);
    }

    @Test
    void whereGatewaysAreNamedTheLabelsOfTheirProxiesDoNotCount() throws Exception {
        assertThat(sidecar("- {name: one, match: [{gateways: [mesh], sourceLabels: {app: other}}], " + TO_SHOP + "}"))
                .extracting(Route::getName)
                .containsExactly("one");
        assertThat(gateway("- {name: one, match: [{gateways: [mesh], sourceLabels: {app: web}}], " + TO_SHOP + "}"))
                .isEmpty();
    }

    @Test
    void gatewaysTryRoutesForEverythingLast() throws Exception {
        String mesh = SHOP + GATEWAY
                + rules("a", "edge", """
                        - {name: claim, match: [{headers: {"@request.auth.claims.group": {exact: a}}}], ROUTE}
                        - {name: any, match: [{uri: {regex: ".*"}}], ROUTE}
                        """.replace("ROUTE", TO_SHOP))
                + "---\n"
                + rules("b", "edge", """
                        - {name: path, match: [{uri: {prefix: /b}}], ROUTE}
                        - {name: rest, ROUTE}
                        """.replace("ROUTE", TO_SHOP));
        assertThat(routes(mesh, "router", "http.80"))
                .extracting(Route::getName)
                .containsExactly("claim", "path", "any", "rest");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "rewrite: {authority: a}, headers: {request: {set: {x-a: y}}} | a",
                "headers: {request: {set: {host: b}}} | b",
                "headers: {request: {set: {':authority': b}}} | b",
                "headers: {request: {add: {Host: c}}} | c",
                "rewrite: {uri: /}, headers: {request: {set: {HOST: b}}} | b",
                "headers: {request: {set: {authority: plain}}} | ''",
            })
    void theHostOfARouteIsChangedByRewriteAndHeaders(String changes, String host) throws Exception {
        Route route = only(changes + ", " + TO_SHOP);
        assertThat(route.getRoute().getHostRewriteLiteral()).isEqualTo(host.replace("''", ""));
        assertThat(added(route)).doesNotContain("host", "Host", ":authority");
    }

    @Test
    void theRoutesOwnHostCountsBeforeItsDestinations() throws Exception {
        String destination = "route: [{destination: {host: shop.test}, headers: {request: {HOW: {host: d}}}}]";
        for (String how : List.of("set", "add")) {
            String inner = destination.replace("HOW", how);
            assertThat(only(inner).getRoute().getHostRewriteLiteral()).isEqualTo("d");
            assertThat(added(only(inner))).isEmpty();
            assertThat(only("rewrite: {authority: a}, " + inner).getRoute().getHostRewriteLiteral())
                    .isEqualTo("a");
            assertThat(only("headers: {request: {add: {host: b}}}, " + inner)
                            .getRoute()
                            .getHostRewriteLiteral())
                    .isEqualTo("b");
        }
    }

    @Test
    void eachOfSeveralDestinationsMayHaveItsHost() throws Exception {
        RouteAction action = only("""
                route: [
                  {destination: {host: shop.test}, weight: 1, headers: {request: {add: {":authority": d}}}},
                  {destination: {host: spare.test}, weight: 1}]
                """.replace("\n", "")).getRoute();
        var first = action.getWeightedClusters().getClusters(0);
        assertThat(first.getHostRewriteLiteral()).isEqualTo("d");
        assertThat(first.getRequestHeadersToAddList()).isEmpty();
        assertThat(action.getHostRewriteLiteral()).isEmpty();
    }

    @Test
    void whatIsSetCountsBeforeWhatIsAdded() {
        Change both = new Change(Map.of("host", "set"), Map.of(":authority", "added"), List.of());
        assertThat(HeaderChanges.authority(new HeaderOperations(both, Change.NONE)))
                .isEqualTo("set");
    }

    @Test
    void noOtherPartOfTheRequestLineIsChanged() {
        Change change =
                new Change(Map.of(":path", "/"), Map.of(":scheme", "x", "x-a", "b"), List.of("host", ":method"));
        Route.Builder route = Route.newBuilder();
        HeaderChanges.apply(route, new HeaderOperations(change, change));
        assertThat(added(route.build())).containsExactly("x-a");
        assertThat(route.getResponseHeadersToAddCount()).isOne();
        assertThat(route.getRequestHeadersToRemoveList()).isEmpty();
        assertThat(route.getResponseHeadersToRemoveList()).isEmpty();
    }

    private static List<String> added(Route route) {
        return route.getRequestHeadersToAddList().stream()
                .map(HeaderValueOption::getHeader)
                .map(header -> header.getKey())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abort: {percentage: {value: 50}}",
                "delay: {percentage: {value: 50}}",
                "abort: {percentage: {value: 50}}, delay: {percent: 50}",
            })
    void faultsWithoutStatusOrLengthAreLeftOut(String fault) throws Exception {
        assertThat(only("fault: {" + fault + "}, " + TO_SHOP).getTypedPerFilterConfigMap())
                .doesNotContainKey(FAULT);
    }

    @Test
    void halfAFaultIsSentWithoutTheOtherHalf() throws Exception {
        HTTPFault fault = fault("abort: {percentage: {value: 50}}, delay: {fixedDelay: 1s, percentage: {value: 50}}");
        assertThat(fault.hasAbort()).isFalse();
        assertThat(fault.getDelay().getFixedDelay().getSeconds()).isOne();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delay: {fixedDelay: 1s}, abort: {httpStatus: 503} | 0 | 0",
                "delay: {fixedDelay: 1s, percent: 30}, abort: {httpStatus: 503, percentage: {}} | 300000 | 0",
                "delay: {fixedDelay: 1s, percentage: {value: 0.5}}, abort: {httpStatus: 503, percentage: {value: 100}} | 5000 | 1000000",
            })
    void faultsMeetTheirShareOfRequests(String written, int delayed, int aborted) throws Exception {
        HTTPFault fault = fault(written);
        assertThat(fault.getDelay().getPercentage().getNumerator()).isEqualTo(delayed);
        assertThat(fault.getAbort().getPercentage().getNumerator()).isEqualTo(aborted);
    }

    private static HTTPFault fault(String written) throws InvalidProtocolBufferException {
        return only("fault: {" + written + "}, " + TO_SHOP)
                .getTypedPerFilterConfigOrThrow(FAULT)
                .unpack(HTTPFault.class);
    }

    @Test
    void mirrorsCopyEveryRequestWhereNothingIsSaid() throws Exception {
        var policy = only("mirror: {host: shop.test}, " + TO_SHOP).getRoute().getRequestMirrorPolicies(0);
        assertThat(policy.getRuntimeFraction().getDefaultValue().getNumerator()).isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | '' | true",
                "'' | retryIgnorePreviousHosts: false | false",
                "'' | retryIgnorePreviousHosts: true | true",
                "httpHeaderName: x-user | '' | false",
                "httpHeaderName: x-user | retryIgnorePreviousHosts: false | false",
                "httpHeaderName: x-user | retryIgnorePreviousHosts: true | true",
            })
    void retriesGoToOtherHostsUnlessTheRequestSaysWhichOneItIsFor(String hash, String written, boolean others)
            throws Exception {
        String retries = written.isEmpty() ? "" : "retries: {attempts: 2, " + written + "}, ";
        RetryPolicy policy =
                hashed(hash, "- {" + retries + TO_SHOP + "}").getRoute().getRetryPolicy();
        assertThat(policy.getRetryHostPredicateList()).hasSize(others ? 1 : 0);
        assertThat(policy.getNumRetries().getValue()).isEqualTo(2);
    }

    @Test
    void severalDestinationsAreRetriedElsewhereThoughOneIsHashed() throws Exception {
        String both =
                "- route: [{destination: {host: shop.test}, weight: 1}, {destination: {host: spare.test}, weight: 1}]";
        assertThat(hashed("httpHeaderName: x-user", both)
                        .getRoute()
                        .getRetryPolicy()
                        .getRetryHostPredicateList())
                .hasSize(1);
    }

    private static Route hashed(String hash, String entry) throws InvalidProtocolBufferException {
        String rule = hash.isEmpty() ? "" : """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop, namespace: default}
                spec: {host: shop.test, trafficPolicy: {loadBalancer: {consistentHash: {HASH}}}}
                ---
                """.replace("HASH", hash);
        return routes(SHOP + rule + rules("shop", "mesh", entry), "sidecar", "80")
                .getFirst();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void retriesMayLookInOtherPlaces(String written, boolean looks) throws Exception {
        assertThat(only("retries: {attempts: 2, retryRemoteLocalities: " + written + "}, " + TO_SHOP)
                        .getRoute()
                        .getRetryPolicy()
                        .hasRetryPriority())
                .isEqualTo(looks);
    }

    @Test
    void namesTheStatisticsOfARoute() throws Exception {
        assertThat(only("match: [{statPrefix: mine}], " + TO_SHOP).getStatPrefix())
                .isEqualTo("mine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scheme: https, port: 443 | 0 | 0",
                "scheme: https, port: 80 | 80 | 80",
                "scheme: http, port: 80 | 0 | 0",
                "scheme: http, port: 8080 | 8080 | 8080",
                "port: 443 | 443 | 0",
                "port: 80 | 0 | 80",
                "derivePort: FROM_REQUEST_PORT | 0 | 0",
                "scheme: https, derivePort: FROM_REQUEST_PORT | 80 | 0",
                "derivePort: FROM_PROTOCOL_DEFAULT | 0 | 0",
            })
    void redirectsDoNotNameThePortThatGoesWithoutSaying(String redirect, int plain, int tls) throws Exception {
        String mesh = SHOP + GATEWAY + rules("shop", "edge", "- redirect: {authority: a.test, " + redirect + "}");
        assertThat(redirect(mesh, "http.80").getPortRedirect()).isEqualTo(plain);
        assertThat(redirect(mesh, "https.443.https.edge.default").getPortRedirect())
                .isEqualTo(tls);
    }

    private static RedirectAction redirect(String mesh, String routes) throws InvalidProtocolBufferException {
        return new Translated(mesh, "router", "default")
                .routes(routes)
                .getVirtualHosts(0)
                .getRoutes(0)
                .getRedirect();
    }
}
