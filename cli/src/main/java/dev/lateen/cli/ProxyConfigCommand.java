package dev.lateen.cli;

import dev.lateen.cli.dump.BootstrapView;
import dev.lateen.cli.dump.ClusterList;
import dev.lateen.cli.dump.ConfigDump;
import dev.lateen.cli.dump.EndpointFilter;
import dev.lateen.cli.dump.EndpointList;
import dev.lateen.cli.dump.ExtensionList;
import dev.lateen.cli.dump.FullView;
import dev.lateen.cli.dump.HostList;
import dev.lateen.cli.dump.ListenerList;
import dev.lateen.cli.dump.RouteList;
import dev.lateen.cli.dump.SecretList;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `proxy-config`: what a proxy, ours or Envoy, holds. One class below for each kind.
@Command(
        name = "proxy-config",
        aliases = "pc",
        description = {
            "Show the configuration that a proxy holds, as it tells itself.",
            "Secrets are never shown. Exit status 0: shown, 1: the proxy cannot be asked, 2: the command line is wrong."
        },
        subcommands = {
            ProxyConfigCommand.Listeners.class,
            ProxyConfigCommand.Routes.class,
            ProxyConfigCommand.Clusters.class,
            ProxyConfigCommand.Endpoints.class,
            ProxyConfigCommand.Assignments.class,
            ProxyConfigCommand.Secrets.class,
            ProxyConfigCommand.Bootstrap.class,
            ProxyConfigCommand.Extensions.class,
            ProxyConfigCommand.All.class,
            ProxyLogCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} proxy-config clusters deploy/user-service-v1",
            "  ${ROOT-COMMAND-NAME} pc routes order-service-7c9f-0.default --name 8080 -o yaml",
            "  ${ROOT-COMMAND-NAME} pc all -f dump.json"
        },
        mixinStandardHelpOptions = true)
final class ProxyConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a kind of configuration is missing");
    }

    @Command(
            name = "cluster",
            aliases = {"clusters", "c"},
            description = "Show the clusters of a proxy.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} pc clusters user-service-v1-5d9f-0",
                "  ${ROOT-COMMAND-NAME} pc clusters deploy/order-service --fqdn user-service --direction outbound -o json"
            },
            mixinStandardHelpOptions = true)
    static final class Clusters implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Option(names = "--fqdn", paramLabel = "NAME", description = "Whose host name holds this.", defaultValue = "")
        private String fqdn = "";

        @Option(names = "--port", paramLabel = "PORT", description = "Of this service port.", defaultValue = "0")
        private int port;

        @Option(names = "--subset", paramLabel = "NAME", description = "Of this subset.", defaultValue = "")
        private String subset = "";

        @Option(
                names = "--direction",
                paramLabel = "DIRECTION",
                description = "inbound or outbound.",
                defaultValue = "")
        private String direction = "";

        @Override
        public Integer call() throws IOException {
            ClusterList list = ClusterList.of(source.dump(), new ClusterList.Filter(fqdn, port, subset, direction));
            output.show(() -> list.table(false), () -> Json.tree(list.clusters()));
            return 0;
        }
    }

    @Command(
            name = "listener",
            aliases = {"listeners", "l"},
            description = "Show the listeners of a proxy.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} pc listeners deploy/order-service --port 15006 -o json",
            mixinStandardHelpOptions = true)
    static final class Listeners implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Option(names = "--address", paramLabel = "IP", description = "At this address.", defaultValue = "")
        private String address = "";

        @Option(names = "--port", paramLabel = "PORT", description = "At this port.", defaultValue = "0")
        private int port;

        @Option(names = "--type", paramLabel = "TYPE", description = "HTTP, TCP or HTTP+TCP.", defaultValue = "")
        private String type = "";

        @Option(
                names = "--verbose",
                arity = "0..1",
                paramLabel = "BOOL",
                fallbackValue = "true",
                defaultValue = "true",
                description = "Show filter chains (default: ${DEFAULT-VALUE}).")
        private boolean verbose = true;

        @Override
        public Integer call() throws IOException {
            ListenerList list = ListenerList.of(source.dump(), new ListenerList.Filter(address, port, type));
            output.show(() -> verbose ? list.table(false) : list.shortTable(), () -> Json.tree(list.listeners()));
            return 0;
        }
    }

    @Command(
            name = "route",
            aliases = {"routes", "r"},
            description = "Show the routes of a proxy.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} pc routes deploy/order-service --name 8080 -o yaml",
            mixinStandardHelpOptions = true)
    static final class Routes implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Option(names = "--name", paramLabel = "NAME", description = "Of this table.", defaultValue = "")
        private String name = "";

        @Option(
                names = "--verbose",
                arity = "0..1",
                paramLabel = "BOOL",
                fallbackValue = "true",
                defaultValue = "true",
                description = "Show each route (default: ${DEFAULT-VALUE}).")
        private boolean verbose = true;

        @Override
        public Integer call() throws IOException {
            RouteList list = RouteList.of(source.dump(), name);
            output.show(() -> verbose ? list.table(false) : list.shortTable(), () -> Json.tree(list.routes()));
            return 0;
        }
    }

    /// The options that choose endpoints.
    static final class EndpointOptions {
        @Option(names = "--address", paramLabel = "IP", description = "Endpoints at this address.", defaultValue = "")
        private String address = "";

        @Option(names = "--cluster", paramLabel = "NAME", description = "Endpoints of this cluster.", defaultValue = "")
        private String cluster = "";

        @Option(
                names = "--status",
                paramLabel = "STATUS",
                description = "Endpoints with this health, such as healthy.",
                defaultValue = "")
        private String status = "";

        EndpointFilter filter(int port) {
            return new EndpointFilter(address, port, cluster, status);
        }
    }

    @Command(
            name = "endpoint",
            aliases = {"endpoints", "ep"},
            description = "Show the endpoints of a proxy, with their health as it sees them.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} pc endpoints deploy/order-service",
                "  ${ROOT-COMMAND-NAME} pc endpoints deploy/order-service --port 8080 --status healthy",
                "  curl -s localhost:15000/clusters?format=json | ${ROOT-COMMAND-NAME} pc endpoints -f -"
            },
            mixinStandardHelpOptions = true)
    static final class Endpoints implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Mixin
        private EndpointOptions options = new EndpointOptions();

        @Option(names = "--port", paramLabel = "PORT", description = "Endpoints at this port.", defaultValue = "0")
        private int port;

        @Override
        public Integer call() throws IOException {
            JsonNode tree = source.tree("/clusters?format=json");
            if (HostList.isOne(tree)) {
                HostList list = HostList.of(tree, options.filter(port));
                output.show(list::table, () -> Json.tree(list.clusters()));
            } else {
                EndpointList list = EndpointList.of(ConfigDump.of(tree, "the file"), options.filter(port));
                output.show(() -> list.table(false), () -> Json.tree(list.assignments()));
            }
            return 0;
        }
    }

    @Command(
            name = "eds",
            description = "Show the endpoints that a proxy was told of, by endpoint discovery or with their clusters.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} pc eds deploy/order-service --port 8080",
            mixinStandardHelpOptions = true)
    static final class Assignments implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Mixin
        private EndpointOptions options = new EndpointOptions();

        @Option(names = "--port", paramLabel = "PORT", description = "Endpoints at this port.", defaultValue = "0")
        private int port;

        @Override
        public Integer call() throws IOException {
            EndpointList list = EndpointList.of(source.dump(), options.filter(port));
            output.show(() -> list.table(false), () -> Json.tree(list.assignments()));
            return 0;
        }
    }

    @Command(
            name = "secret",
            aliases = {"secrets", "s"},
            description = "Show the certificates of a proxy; never its keys.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} pc secrets deploy/order-service",
            mixinStandardHelpOptions = true)
    static final class Secrets implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException {
            SecretList list = SecretList.of(source.dump(), Instant.now());
            output.show(() -> list.table(false), list::section);
            return 0;
        }
    }

    @Command(
            name = "bootstrap",
            aliases = "b",
            description = "Show what a proxy was started with; -o short shows the versions only.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} pc bootstrap deploy/order-service",
                "  ${ROOT-COMMAND-NAME} pc bootstrap deploy/order-service -o short"
            },
            mixinStandardHelpOptions = true)
    static final class Bootstrap implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException {
            BootstrapView view = BootstrapView.of(source.dump());
            output.show(OutputFormat.JSON, view::versions, view::section);
            return 0;
        }
    }

    @Command(
            name = "ecds",
            aliases = "ec",
            description = "Show the filters that a proxy got by extension config discovery.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} pc ecds deploy/order-service",
            mixinStandardHelpOptions = true)
    static final class Extensions implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException {
            ExtensionList list = ExtensionList.of(source.dump());
            output.show(list::table, list::section);
            return 0;
        }
    }

    @Command(
            name = "all",
            aliases = "a",
            description = "Show everything that a proxy holds.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} pc all deploy/order-service --with-headers",
                "  ${ROOT-COMMAND-NAME} pc all -f dump.json -o yaml"
            },
            mixinStandardHelpOptions = true)
    static final class All implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private OutputOption output = new OutputOption();

        @Mixin
        private EndpointOptions endpoints = new EndpointOptions();

        @Option(names = "--with-headers", description = "A line above each table says what it is.")
        private boolean headers;

        @Option(names = "--fqdn", paramLabel = "NAME", description = "Clusters of this host.", defaultValue = "")
        private String fqdn = "";

        @Option(
                names = "--port",
                paramLabel = "PORT",
                description = "Clusters, listeners and endpoints of this port.",
                defaultValue = "0")
        private int port;

        @Option(names = "--subset", paramLabel = "NAME", description = "Clusters of this subset.", defaultValue = "")
        private String subset = "";

        @Option(
                names = "--direction",
                paramLabel = "DIRECTION",
                description = "Clusters: inbound or outbound.",
                defaultValue = "")
        private String direction = "";

        @Option(
                names = "--type",
                paramLabel = "TYPE",
                description = "Listeners: HTTP, TCP or HTTP+TCP.",
                defaultValue = "")
        private String type = "";

        @Option(names = "--name", paramLabel = "NAME", description = "This route table.", defaultValue = "")
        private String name = "";

        @Override
        public Integer call() throws IOException {
            FullView view = new FullView(
                    source.dump(),
                    new ClusterList.Filter(fqdn, port, subset, direction),
                    new ListenerList.Filter(endpoints.address, port, type),
                    name,
                    endpoints.filter(port));
            output.show(() -> view.tables(headers, Instant.now()), view::tree);
            return 0;
        }
    }
}
