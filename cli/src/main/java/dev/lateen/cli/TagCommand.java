package dev.lateen.cli;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import dev.lateen.kubernetes.install.RevisionTags;
import dev.lateen.kubernetes.install.RevisionTags.Tag;
import dev.lateen.kubernetes.install.RevisionTags.Wish;
import dev.lateen.kubernetes.tree.YamlText;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `tag`: names by which namespaces choose a control plane, and which keep when another takes its place.
@Command(
        name = "tag",
        description = "Names for control planes, so that namespaces need not be labelled anew at an upgrade.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen tag set prod --revision 1-0-0",
            "  kubectl label namespace shop istio.io/rev=prod",
            "  lateen tag set prod --revision 1-1-0 --overwrite"
        },
        subcommands = {TagCommand.Set.class, TagCommand.Generate.class, TagCommand.Show.class, TagCommand.Remove.class},
        mixinStandardHelpOptions = true)
final class TagCommand {

    /// What `set` and `generate` have in common.
    static final class Wanted {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec = CommandSpec.create();

        @Parameters(
                paramLabel = "TAG",
                description = "The name; default is the control plane of" + " istio-injection=enabled.")
        private String tag = "";

        @Option(
                names = {"-r", "--revision"},
                paramLabel = "NAME",
                required = true,
                description = "The control plane that it means; default is the one without a name.")
        private String revision = "";

        @Option(names = "--overwrite", description = "Also where the tag means another control plane so far.")
        private boolean overwrite;

        @Option(
                names = {"-i", "--istioNamespace"},
                paramLabel = "NAME",
                description = "The control plane's namespace (default: any).")
        private String namespace = "";

        @Option(
                names = "--webhook-name",
                paramLabel = "NAME",
                description = "Name of the tag's object (default: istio-revision-tag-TAG).")
        private String webhook = "";

        @Option(
                names = "--auto-inject-namespaces",
                arity = "0..1",
                fallbackValue = "true",
                description = "Give pods of all namespaces a sidecar that do not say otherwise; for tag default.")
        private boolean everywhere;

        Wish wish() {
            return new Wish(tag, revision, namespace, webhook, everywhere);
        }

        boolean overwrites() {
            return overwrite;
        }

        /// Prints what is in the way.
        boolean isRefused(Optional<String> obstacle) {
            obstacle.ifPresent(reason -> {
                spec.commandLine().getErr().println(reason);
                spec.commandLine().getErr().flush();
            });
            return obstacle.isPresent();
        }
    }

    /// `tag set`.
    @Command(
            name = "set",
            description = "Make a tag, or give it another meaning.",
            footerHeading = "%nExamples:%n",
            footer = {"  lateen tag set prod --revision 1-0-0", "  lateen tag set default --revision 1-1-0 --overwrite"
            },
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Set implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private ClusterOptions clusters = new ClusterOptions();

        @Mixin
        private Wanted wanted = new Wanted();

        @Option(
                names = {"-y", "--skip-confirmation"},
                description = "Nothing is asked: istioctl's users give it.")
        @SuppressWarnings("UnusedVariable") // what stands in the way is said; --overwrite passes over it
        private boolean confirmed;

        @Override
        public Integer call() throws IOException, InterruptedException {
            return clusters.run(cluster -> {
                RevisionTags tags = new RevisionTags(cluster);
                Wish wish = wanted.wish();
                if (wanted.isRefused(tags.obstacle(wish, wanted.overwrites()))) {
                    return 1;
                }
                boolean seen = tags.set(wish);
                PrintWriter out = spec.commandLine().getOut();
                if (!seen) {
                    out.println("note: it could not be seen that the API server goes by it already");
                }
                out.println("Revision tag \"" + wish.tag() + "\" means control plane revision \"" + wish.revision()
                        + "\" now. Namespaces choose it by the label istio.io/rev=" + wish.tag()
                        + (wish.tag().equals("default") ? " or istio-injection=enabled" : "")
                        + "; pods that run keep their sidecars until they are restarted.");
                out.flush();
                return 0;
            });
        }
    }

    /// `tag generate`.
    @Command(
            name = "generate",
            description = "Print the objects that make a tag as YAML.",
            footerHeading = "%nExamples:%n",
            footer = "  lateen tag generate prod --revision 1-0-0 | kubectl apply -f -",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Generate implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private ClusterOptions clusters = new ClusterOptions();

        @Mixin
        private Wanted wanted = new Wanted();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return clusters.run(cluster -> {
                RevisionTags tags = new RevisionTags(cluster);
                // Nothing is changed by it: a tag that exists is none in the way.
                if (wanted.isRefused(tags.obstacle(wanted.wish(), true))) {
                    return 1;
                }
                PrintWriter out = spec.commandLine().getOut();
                for (ObjectNode object : tags.generate(wanted.wish())) {
                    out.print("---\n" + YamlText.write(object));
                }
                out.flush();
                return 0;
            });
        }
    }

    /// `tag list`.
    @Command(
            name = "list",
            aliases = "show",
            description = "Which tags there are, what they mean, and which namespaces use them.",
            footerHeading = "%nExamples:%n",
            footer = {"  lateen tag list", "  lateen tag list -o json"},
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin
        private ClusterOptions clusters = new ClusterOptions();

        @Mixin
        private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return clusters.run(cluster -> {
                List<Tag> tags = new RevisionTags(cluster).list();
                output.show(
                        () -> table(tags),
                        () -> Json.tree(tags.stream()
                                .map(tag -> Json.object(
                                        "tag", tag.name(),
                                        "revision", tag.revision(),
                                        "namespaces", tag.namespaces()))
                                .toList()));
                return 0;
            });
        }

        private static String table(List<Tag> tags) {
            if (tags.isEmpty()) {
                return "there are no revision tags; lateen tag set makes one\n";
            }
            Table table = new Table(1, "TAG", "REVISION", "NAMESPACES");
            tags.forEach(tag -> table.row(tag.name(), tag.revision(), String.join(",", tag.namespaces())));
            return table.toString();
        }
    }

    /// `tag remove`.
    @Command(
            name = "remove",
            aliases = "delete",
            description = "Take a tag away. New pods of namespaces that use it get no sidecar from then on.",
            footerHeading = "%nExamples:%n",
            footer = "  lateen tag remove prod",
            mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private ClusterOptions clusters = new ClusterOptions();

        @Mixin
        private Confirmation confirmation = new Confirmation();

        @Parameters(paramLabel = "TAG", description = "The name.")
        private String tag = "";

        @Override
        public Integer call() throws IOException, InterruptedException {
            return clusters.run(cluster -> {
                RevisionTags tags = new RevisionTags(cluster);
                Optional<Tag> held = tags.list().stream()
                        .filter(one -> one.name().equals(tag))
                        .findFirst();
                if (held.isEmpty()) {
                    throw new IOException("there is no tag '" + tag + "': lateen tag list shows those that there are");
                }
                List<String> using = held.get().namespaces();
                if (!using.isEmpty()
                        && !confirmation.agrees("Tag '" + tag + "' is used by " + String.join(", ", using)
                                + ": their new pods will get no sidecar.")) {
                    return 1;
                }
                tags.remove(tag);
                PrintWriter out = spec.commandLine().getOut();
                out.println("Revision tag " + tag + " removed");
                if (tag.equals("default")) {
                    out.println("note: nobody serves istio-injection=enabled now; lateen tag set default, or lateen"
                            + " install without a revision, changes that");
                }
                out.flush();
                return 0;
            });
        }
    }
}
