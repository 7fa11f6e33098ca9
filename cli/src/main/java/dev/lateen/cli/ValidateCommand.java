package dev.lateen.cli;

import dev.lateen.cli.output.Json;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.DiagnosticText;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ReferenceChecker;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `validate`: says what is wrong with manifests.
@Command(
        name = "validate",
        aliases = "v",
        description = {
            "Check Istio and Kubernetes manifests without a cluster.",
            "Exit status 0: no errors (there may be warnings), 1: errors, 2: the command line is wrong."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen validate -f shop/",
            "  cat vs.yaml | lateen validate -f -",
            "  lateen validate -f shop/ -o json"
        },
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE|DIR",
            required = true,
            description = "What to check; may be given several times; - is standard input.")
    private List<String> names = List.of();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        Map<String, String> texts = new HashMap<>();
        List<Diagnostic> found = new ArrayList<>();
        List<RawResource> resources = new ArrayList<>();
        ResourceReader reader = ResourceReader.create();
        for (String name : NamedManifests.files(names, NamedManifests.DEEPEST_DIRECTORY, spec)) {
            String text = name.equals(NamedManifests.STDIN)
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(name));
            String shown = name.equals(NamedManifests.STDIN) ? "<stdin>" : name;
            texts.put(shown, text);
            for (ParsedResource parsed : reader.read(text, shown)) {
                found.addAll(parsed.diagnostics());
                if (parsed instanceof Valid(RawResource resource, var _)) {
                    resources.add(resource);
                }
            }
        }
        found.addAll(new ReferenceChecker("istio-system").check(resources));
        print(found, texts, resources.size());
        return Diagnostic.anyError(found) ? 1 : 0;
    }

    private void print(List<Diagnostic> found, Map<String, String> texts, int resources) {
        int errors = count(found, Severity.ERROR);
        int warnings = count(found, Severity.WARNING);
        output.show(
                () -> new DiagnosticText(file -> Optional.ofNullable(texts.get(file))).render(found)
                        + counted(resources, "valid resource") + ", " + counted(errors, "error") + ", "
                        + counted(warnings, "warning") + "\n",
                () -> Json.tree(Json.object(
                        "validResources",
                        resources,
                        "errors",
                        errors,
                        "warnings",
                        warnings,
                        "diagnostics",
                        found.stream().map(ValidateCommand::fields).toList())));
    }

    private static int count(List<Diagnostic> found, Severity severity) {
        return (int) found.stream().filter(one -> one.severity() == severity).count();
    }

    private static String counted(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static Map<String, Object> fields(Diagnostic diagnostic) {
        return Json.object(
                "severity", diagnostic.severity().word(),
                "code", diagnostic.code(),
                "file", diagnostic.at().file(),
                "line", diagnostic.at().line(),
                "column", diagnostic.at().column(),
                "path", diagnostic.path(),
                "message", diagnostic.message(),
                "value", diagnostic.value(),
                "expected", diagnostic.expected(),
                "advice", diagnostic.advice());
    }
}
