package dev.lateen.model.mesh;

import dev.lateen.model.istio.Reader;
import java.util.ArrayList;
import java.util.List;

/// Services of which a client may only reach the endpoints in its own cluster. Without a word on them these are the API
/// server and what runs in `kube-system`. Source: Istio, `MeshConfig.serviceSettings`.
///
/// Thread: any (immutable).
public record ClusterLocal(List<Setting> settings) {
    /// What Istio says unasked.
    public static final ClusterLocal DEFAULT = new ClusterLocal(List.of());

    public ClusterLocal {
        settings = List.copyOf(settings);
    }

    /// @param hosts names of services, or wildcards of them
    public record Setting(boolean clusterLocal, List<String> hosts) {
        static Setting of(Reader in) {
            return new Setting(
                    in.object("settings", s -> s.flag("clusterLocal")).orElse(false), in.texts("hosts"));
        }
    }

    static ClusterLocal of(Reader in) {
        return new ClusterLocal(in.objects("serviceSettings", Setting::of));
    }

    /// The most specific name that is said anything of counts, of equals the later one.
    public boolean covers(String host, String clusterDomain) {
        List<Setting> all = new ArrayList<>();
        all.add(new Setting(
                true, List.of("*.kube-system.svc." + clusterDomain, "kubernetes.default.svc." + clusterDomain)));
        all.addAll(settings);
        boolean local = false;
        int best = -1;
        for (Setting setting : all) {
            for (String name : setting.hosts()) {
                int weight = Hostname.isWildcard(name) ? name.length() - 1 : Integer.MAX_VALUE;
                if (weight >= best && Hostname.isSubsetOf(host, name)) {
                    best = weight;
                    local = setting.clusterLocal();
                }
            }
        }
        return local;
    }
}
