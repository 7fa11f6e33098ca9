package dev.lateen.control.debug;

import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.control.push.ProxyProgress.Refusal;
import dev.lateen.control.status.CarriedConfig;
import dev.lateen.control.status.Findings;
import dev.lateen.control.status.Origins;
import dev.lateen.control.store.ResourceStatus;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import dev.lateen.translate.policy.BlamedPolicies;
import dev.lateen.translate.policy.CarriedPolicies;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.server.ProxyConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `statusz`: what became of each resource: how it was read, what of it is wrong or without effect, on how many proxies
/// it is in force by their own acknowledgement, and who has refused what was made of it.
///
/// Of routes, rules, gateways and policies those proxies count that they concern, and those that have yet to answer;
/// of other kinds, a proxy that a resource does not concern counts as one on which it is in force. Of a policy,
/// `carriedBy` names the connected proxies that it is for.
///
/// Thread: any; one page.
final class StatusPage {
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView.Stored stored;
    private final Findings.Latest findings;
    private final List<ConnectedProxy> proxies;
    private final List<UnsupportedFeature> unsupported;
    private final List<Refused> refusals = new ArrayList<>();
    private final IdentityHashMap<ConnectedProxy, Long> inForce = new IdentityHashMap<>();
    private final CarriedConfig carried;

    /// @param by the resources that the refused response was made from; empty where that is not known
    private record Refused(ConnectedProxy proxy, Refusal refusal, Set<ResourceKey> by) {}

    StatusPage(MeshView mesh) {
        stored = mesh.stored();
        findings = mesh.findings();
        proxies = List.copyOf(mesh.proxies());
        unsupported = mesh.snapshot().unsupported();
        // What a proxy is given may be newer than what it has answered, but not older.
        proxies.forEach(proxy -> inForce.put(proxy, proxy.progress().inForce()));
        Map<ProxyConnection, ProxyNode> nodes = new HashMap<>();
        proxies.forEach(proxy -> nodes.put(proxy.connection(), proxy.node()));
        carried = new CarriedConfig(mesh.snapshot(), nodes, stored.resources());
        Map<Refusal, Set<ResourceKey>> known = new HashMap<>();
        for (ConnectedProxy proxy : proxies) {
            List<Refusal> refused = proxy.progress().refusals();
            Set<ResourceKey> policies =
                    refused.isEmpty() ? Set.of() : CarriedPolicies.of(mesh.snapshot(), proxy.node());
            for (Refusal refusal : refused) {
                Set<ResourceKey> blamed = BlamedPolicies.of(policies, refusal.reason());
                refusals.add(new Refused(
                        proxy, refusal, blamed.isEmpty() ? known.computeIfAbsent(refusal, this::culprits) : blamed));
            }
        }
    }

    JsonNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("proxies", proxies.size());
        ArrayNode resources = json.putArray("resources");
        stored.status().forEach((key, status) -> resources.add(resource(key, status)));
        ObjectNode files = json.putObject("files");
        stored.fileProblems().forEach((file, problems) -> files.set(file, ResourceJson.diagnostics(problems)));
        ArrayNode elsewhere = json.putArray("unsupported");
        unsupported.forEach(feature -> elsewhere.add(feature.toString()));
        ArrayNode refused = json.putArray("rejections");
        refusals.forEach(each -> refused.add(refusal(each)));
        return json;
    }

    private ObjectNode resource(ResourceKey key, ResourceStatus status) {
        List<Diagnostic> diagnostics = new ArrayList<>(status.diagnostics());
        diagnostics.addAll(findings.references().getOrDefault(key, List.of()));
        ObjectNode json = JSON.createObjectNode()
                .put("group", key.group())
                .put("kind", key.kind())
                .put("namespace", key.namespace())
                .put("name", key.name())
                .put("verdict", status.verdict().name());
        json.set("diagnostics", ResourceJson.diagnostics(diagnostics));
        ArrayNode without = json.putArray("unsupported");
        for (UnsupportedFeature feature : findings.unsupported().getOrDefault(key, List.of())) {
            without.addObject()
                    .put("field", feature.field())
                    .put("at", feature.at().toString());
        }
        if (CarriedPolicies.isPolicy(key)) {
            ArrayNode carriedBy = json.putArray("carriedBy");
            proxies.stream()
                    .filter(proxy -> carried.concerns(key, proxy.connection()))
                    .map(proxy -> proxy.node().name())
                    .sorted()
                    .forEach(carriedBy::add);
        }
        Long since = stored.generations().get(key);
        if (since != null) {
            programmed(json, key, since);
        }
        return json;
    }

    private void programmed(ObjectNode json, ResourceKey key, long since) {
        ArrayNode rejected = JSON.createArrayNode();
        Set<ConnectedProxy> refusing = new HashSet<>();
        for (Refused each : refusals) {
            boolean concerned = each.by().isEmpty()
                    ? each.refusal().generation() == since
                    : each.by().contains(key);
            if (concerned) {
                refusing.add(each.proxy());
            }
            if (each.by().contains(key)) {
                rejected.add(refusal(each));
            }
        }
        int there = 0;
        int concerned = 0;
        for (ConnectedProxy proxy : proxies) {
            boolean refuses = refusing.contains(proxy);
            // What a proxy was given before the resource became as it is says nothing of it.
            boolean behind = inForce.getOrDefault(proxy, 0L) < since;
            boolean concerns = !carried.knows(key) || carried.concerns(key, proxy.connection());
            concerned += refuses || behind || concerns ? 1 : 0;
            there += concerns && !behind && !refuses ? 1 : 0;
        }
        json.put("generation", since);
        json.putObject("programmed").put("proxies", there).put("of", concerned);
        json.set("rejected", rejected);
    }

    private static ObjectNode refusal(Refused each) {
        ObjectNode json = JSON.createObjectNode()
                .put("proxy", each.proxy().node().name())
                .put("connection", each.proxy().connection().id())
                .put("type", each.refusal().type().shortName())
                .put("reason", each.refusal().reason());
        ArrayNode names = json.putArray("xdsResources");
        each.refusal().resources().stream().map(EncodedResource::name).forEach(names::add);
        ArrayNode by = json.putArray("madeFrom");
        each.by().forEach(key -> by.add(key.toString()));
        return json;
    }

    private Set<ResourceKey> culprits(Refusal refusal) {
        Set<ResourceKey> found = new LinkedHashSet<>();
        for (Position place : Origins.of(refusal.resources(), refusal.reason())) {
            findings.at(place).ifPresent(found::add);
        }
        return found;
    }
}
