package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import dev.lateen.model.validate.ResourceReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Brings together what a user asks for: the profile, over it each file in turn, over these each `--set`. Objects are
/// merged field by field, lists replaced, as Istio does. Everything is checked before anything is used.
///
/// Thread: one.
public final class OperatorReader {
    private static final String KIND = "IstioOperator";
    private static final String PROFILE_PATH = "spec.profile";

    private final ResourceReader reader = ResourceReader.create();
    private final KnownValues known = new KnownValues();
    private final List<Diagnostic> found = new ArrayList<>();
    private final ObjectNode user = Trees.object();
    private String name = "";

    /// Adds a file that holds one IstioOperator.
    ///
    /// @param file the name that findings carry
    public void addFile(String text, String file) {
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(text, file);
        if (documents.size() != 1) {
            found.add(Diagnostic.error(
                            "wrong-kind",
                            documents.isEmpty()
                                    ? new Position(file, 1, 1)
                                    : documents.get(1).at(),
                            "",
                            "a file holds one IstioOperator")
                    .withValue(documents.size() + " documents")
                    .withAdvice("give further files with -f; they are merged in their order"));
            return;
        }
        switch (documents.getFirst()) {
            case YamlDocument.Broken broken -> found.addAll(broken.diagnostics());
            case YamlDocument.Read(var root, var at) -> {
                if (!(Trees.of(root) instanceof ObjectNode object)
                        || !Trees.text(object, "kind").equals(KIND)) {
                    found.add(Diagnostic.error("wrong-kind", at, "kind", "no IstioOperator")
                            .withExpected("apiVersion: install.istio.io/v1alpha1, kind: IstioOperator"));
                    return;
                }
                check(text, file, found);
                values(root, found);
                add(object);
            }
        }
    }

    /// Adds one `path=value` below `spec`.
    public void addSetting(String text) {
        Position at = new Position("--set " + text, 1, 1);
        SetFlag flag;
        try {
            flag = SetFlag.parse(text);
            flag.path().set(user, flag.value());
        } catch (IllegalArgumentException e) {
            found.add(Diagnostic.error("bad-path", at, "", String.valueOf(e.getMessage()))
                    .withExpected("components.ingressGateways[name:istio-ingressgateway].enabled=true or the like"));
            return;
        }
        ObjectNode alone = Trees.object();
        new SettingPath(flag.path().steps().stream().map(OperatorReader::first).toList()).set(alone, flag.value());
        String document = Trees.object("apiVersion", "install.istio.io/v1alpha1", "kind", KIND, "spec", alone)
                .toString();
        List<Diagnostic> wrong = new ArrayList<>();
        check(document, at.file(), wrong);
        for (YamlDocument one : new YamlReader(YamlLimits.DEFAULT).read(document, at.file())) {
            if (one instanceof YamlDocument.Read(var root, var _)) {
                values(root, wrong);
            }
        }
        for (Diagnostic one : wrong) {
            if (!one.code().equals("missing-required")) { // what other files and settings say
                found.add(new Diagnostic(
                        one.severity(),
                        one.code(),
                        at,
                        one.path(),
                        one.message(),
                        one.value(),
                        one.expected(),
                        one.advice()));
            }
        }
    }

    /// A setting is looked at by itself, where a list has but one item.
    private static SettingPath.Step first(SettingPath.Step step) {
        return step instanceof SettingPath.Index ? new SettingPath.Index(0) : step;
    }

    /// What was asked for; of no use where `findings` has an error.
    ///
    /// @param hub where images are, where nobody says
    /// @param tag of the images, where nobody says
    public Optional<OperatorSpec> spec(String hub, String tag) {
        String profile = Trees.text(user, "profile");
        Optional<ObjectNode> base = Profiles.spec(profile.isEmpty() ? Profiles.DEFAULT : profile);
        if (base.isEmpty()) {
            refuseProfile(profile);
            return Optional.empty();
        }
        ObjectNode spec = base.get();
        InjectionValues.overlay(spec, user);
        if (!Trees.has(spec, "hub")) {
            spec.put("hub", hub);
        }
        if (!Trees.has(spec, "tag")) {
            spec.put("tag", tag);
        }
        OperatorSpec result = new OperatorSpec(name, spec, user.deepCopy());
        found.addAll(result.unsupported());
        return Diagnostic.anyError(found) ? Optional.empty() : Optional.of(result);
    }

    /// A name that is none of Istio's was refused where it is written.
    private void refuseProfile(String profile) {
        if (found.stream().noneMatch(one -> one.path().equals(PROFILE_PATH) && Diagnostic.anyError(List.of(one)))) {
            found.add(Diagnostic.error("no-profile", Position.UNKNOWN, PROFILE_PATH, "there is no such profile here")
                    .withValue(profile)
                    .withExpected("one of " + String.join(", ", Profiles.names()))
                    .withAdvice(Spelling.advice(profile, Profiles.names())));
        }
    }

    /// All that was found so far, warnings too.
    public List<Diagnostic> findings() {
        return List.copyOf(found);
    }

    private void add(ObjectNode object) {
        if (Trees.has(object, "metadata", "name")) {
            name = Trees.text(object, "metadata", "name");
        }
        if (object.get("spec") instanceof ObjectNode spec) {
            InjectionValues.overlay(user, spec);
        }
        String namespace = Trees.text(object, "metadata", "namespace");
        if (!namespace.isEmpty() && !Trees.has(user, "namespace")) {
            user.put("namespace", namespace);
        }
    }

    private void check(String text, String file, List<Diagnostic> into) {
        reader.read(text, file).forEach(one -> into.addAll(one.diagnostics()));
    }

    private void values(dev.lateen.model.tree.Node root, List<Diagnostic> into) {
        if (root instanceof Mapping document
                && document.get("spec").orElse(root) instanceof Mapping spec
                && spec.get("values").orElse(null) instanceof Mapping values) {
            into.addAll(known.check(values, "spec.values"));
        }
    }
}
