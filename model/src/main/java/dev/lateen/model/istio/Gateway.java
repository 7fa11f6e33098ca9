package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import java.util.Optional;

/// The ports that gateway proxies serve. Source: Istio `Gateway`.
public record Gateway(Origin origin, Metadata metadata, Selector selector, List<Server> servers) {
    public static Bound<Gateway> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new Gateway(
                        in.origin(),
                        resource.metadata(),
                        new Selector(in.textMap("selector")),
                        in.objects("servers", Server::of)));
    }

    public record Server(
            Origin origin, Port port, String bind, List<String> hosts, Optional<ServerTls> tls, String name) {
        static Server of(Reader in) {
            in.notYet("defaultEndpoint");
            return new Server(
                    in.origin(),
                    in.object("port", Port::of).orElse(new Port(0, "", "")),
                    in.text("bind", ""),
                    in.texts("hosts"),
                    in.object("tls", ServerTls::of),
                    in.text("name", ""));
        }

        public Server withHosts(List<String> newHosts) {
            return new Server(origin, port, bind, newHosts, tls, name);
        }
    }

    /// @param protocol as written, such as `HTTPS`
    public record Port(int number, String name, String protocol) {
        static Port of(Reader in) {
            in.noEffectNeeded("targetPort");
            return new Port(in.integer("number").orElse(0), in.text("name", ""), in.text("protocol", ""));
        }
    }
}
