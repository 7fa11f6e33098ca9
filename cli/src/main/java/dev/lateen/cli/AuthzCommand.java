package dev.lateen.cli;

import dev.lateen.cli.dump.PolicyList;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `authz`: what decides who may do what at a proxy.
@Command(
        name = "authz",
        description = "Look into the authorization policies of a proxy.",
        subcommands = AuthzCommand.Check.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = "  ${ROOT-COMMAND-NAME} x authz check deploy/order-service",
        mixinStandardHelpOptions = true)
final class AuthzCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(
            name = "check",
            description = {
                "Show the authorization policies that a proxy enforces, read from the configuration it holds, and where"
                        + " each is written.",
                "Policies on trial (istio.io/dry-run) are marked. To ask about one request: `can`."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} x authz check deploy/order-service",
                "  ${ROOT-COMMAND-NAME} x authz check order-service-7c9f-0.default -o json",
                "  ${ROOT-COMMAND-NAME} x authz check -f dump.json"
            },
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Mixin
        private DumpSource source = new DumpSource();

        @Mixin
        private ControlPlanes controlPlanes = new ControlPlanes();

        @Mixin
        private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException {
            PolicyList list = PolicyList.of(source.dump(), places());
            output.show(list::table, () -> Json.tree(list.entries()));
            return 0;
        }

        /// Where each policy is written, by `name.namespace`; what no control plane tells is left out.
        private Map<String, String> places() {
            Map<String, String> places = new HashMap<>();
            try {
                for (JsonNode resource : controlPlanes.entries(source.target(), "/debug/configz")) {
                    if (Json.text(resource, "kind").equals("AuthorizationPolicy")) {
                        String name = Json.text(resource, "metadata", "name") + "."
                                + Json.text(resource, "metadata", "namespace");
                        String origin = Json.text(resource, "origin");
                        places.put(name, origin.substring(0, Math.max(0, origin.lastIndexOf(':'))));
                    }
                }
            } catch (IOException _) {
                return Map.of(); // the dump alone tells the rest
            }
            return places;
        }
    }
}
