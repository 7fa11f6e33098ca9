package dev.lateen.e2e.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.google.re2j.Pattern;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The arrows of docs/architecture.md, as rules with their reasons.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    /// Holders of a buffer between two calls; everyone else releases or passes it on in the call that brought it.
    private static final Set<String> MAY_HOLD_BUFFERS =
            Set.of("dev.lateen.proxy.listener.Inspector", "dev.lateen.proxy.listener.PrefaceSniffer");

    private JavaClasses ours;

    @BeforeAll
    void readClasses() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(
                        location -> !location.contains("/proto/target/") && !location.contains("lateen-proto"))
                .importPackages("dev.lateen");
    }

    @Test
    void proxyAndControlPlaneMeetOnlyInXds() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen.proxy..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.lateen.model..", "dev.lateen.control..", "dev.lateen.translate..")
                .because("a proxy must run on the xDS of any control plane, Istio's included"));
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen.control..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.lateen.proxy..")
                .because("the control plane must drive any proxy, Envoy included"));
    }

    @Test
    void lowerModulesDoNotKnowHigherOnes() {
        check(noClasses()
                .that()
                .resideInAnyPackage("dev.lateen.identity..", "dev.lateen.net..", "dev.lateen.regex..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.lateen.model..",
                        "dev.lateen.xds..",
                        "dev.lateen.translate..",
                        "dev.lateen.proxy..",
                        "dev.lateen.control..",
                        "dev.lateen.local..",
                        "dev.lateen.cli..",
                        "io.envoyproxy..")
                .because("identity, regex and net are the ground floor"));
    }

    @Test
    void kubernetesKnowsTheModelOnly() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen.kubernetes..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.lateen.xds..",
                        "dev.lateen.translate..",
                        "dev.lateen.proxy..",
                        "dev.lateen.control..",
                        "dev.lateen.local..",
                        "dev.lateen.cli..")
                .because("what is done to a cluster does not depend on who asks for it"));
    }

    @Test
    void dashboardKnowsTheModelOnly() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen.dashboard..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.lateen.xds..",
                        "dev.lateen.translate..",
                        "dev.lateen.kubernetes..",
                        "dev.lateen.proxy..",
                        "dev.lateen.control..",
                        "dev.lateen.local..",
                        "dev.lateen.cli..",
                        "java.net..")
                .because("what is seen of a mesh does not depend on who collects and who serves it"));
    }

    @Test
    void onePackageTalksToApiServers() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen..")
                .and()
                .resideOutsideOfPackage("dev.lateen.kubernetes.cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..")
                .because("the Kubernetes client can be replaced, and must never reach a sidecar"));
    }

    @Test
    void generatedTypesStayAtTheWire() {
        check(noClasses()
                .that()
                .resideInAnyPackage("dev.lateen.model..", "dev.lateen.net..", "dev.lateen.identity..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.envoyproxy..", "com.google.protobuf..")
                .because("the model is the mesh in its own words"));
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen.proxy..")
                .and(not("decoders and what talks protobuf on a wire", ArchitectureTest::mayDecode))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.envoyproxy..")
                .because("runtime objects hold no protobuf: decoders turn it into records once"));
    }

    @Test
    void regularExpressionsAreBounded() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen..")
                .and()
                .resideOutsideOfPackages("dev.lateen.regex..", "dev.lateen.bench..")
                .should()
                .callMethod(Pattern.class, "compile", String.class)
                .orShould()
                .callMethod(Pattern.class, "matches", String.class, CharSequence.class)
                .because("a few characters can stand for millions of instructions: BoundedPatterns compiles"));
    }

    @Test
    void libraryUseIsConfined() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("dev.lateen.net..", "dev.lateen.proxy..", "dev.lateen.xds.client..")
                .and()
                .haveNameNotMatching(".*GrpcListener") // grpc-java wants to be told Netty's types
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .because("bytes are the business of net and proxy"));
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.lateen.proxy..", "dev.lateen.net..", "dev.lateen.xds.client..", "dev.lateen.identity")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.common..")
                .because("grpc-java costs a sidecar 20 MiB"));
        check(noClasses()
                .that()
                .resideInAPackage("dev.lateen.proxy..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .because("a sidecar makes a CSR without BouncyCastle"));
    }

    @Test
    void decisionsArePure() {
        check(noClasses()
                .that()
                .resideInAnyPackage("dev.lateen.translate..", "dev.lateen.model.istio..", "dev.lateen.model.mesh..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "java.nio.channels..", "java.io..", "java.nio.file..")
                .because("translation is a function of what it is given"));
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.lateen.translate..",
                        "dev.lateen.model..",
                        "dev.lateen.dashboard..",
                        "dev.lateen.proxy.route..")
                .and()
                .haveNameNotMatching(".*HeaderFormat") // %ENVIRONMENT% is read once, when a route is decoded
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .because("clock and settings are parameters"));
    }

    @Test
    void packagesHaveNoCycles() {
        for (String module : new String[] {
            "identity",
            "regex",
            "net",
            "model",
            "xds",
            "translate",
            "kubernetes",
            "dashboard",
            "proxy",
            "control",
            "local",
            "cli"
        }) {
            check(slices().matching("dev.lateen." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .because("a cycle is one package in two folders"));
        }
    }

    @Test
    void namesSayWhatAThingIs() {
        check(noClasses()
                .that()
                .haveNameNotMatching(".*HttpConnectionManager") // Envoy's own name for it
                .should()
                .haveNameMatching(".*(Impl|Manager|Helper|Utils?)")
                .orShould()
                .haveNameMatching(".*\\.(Abstract|Base)[A-Z].*")
                .because("such a name tells nothing of what the class is for"));
    }

    @Test
    void packagesAreNullMarked() {
        check(classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith("org.jspecify.annotations.NullMarked")
                .because("null is an exception that must be written down"));
    }

    @Test
    void buffersAreHeldOnlyWhereListed() {
        check(classes().should(new ArchCondition<>("hold a ByteBuf in a field only where it is listed") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                for (JavaField field : item.getFields()) {
                    if (field.getRawType().isAssignableTo(ByteBuf.class)
                            && !field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                            && !item.getPackageName().startsWith("dev.lateen.net")
                            && !MAY_HOLD_BUFFERS.contains(item.getFullName())) {
                        events.add(SimpleConditionEvent.violated(item, field.getFullName() + " holds a ByteBuf"));
                    }
                }
            }
        }));
    }

    private static boolean mayDecode(JavaClass type) {
        String top = type.getName().replaceAll("\\$.*", "");
        return top.endsWith("Decoder")
                || top.endsWith("Encoder")
                || top.endsWith("Codec")
                || top.equals("dev.lateen.proxy.accesslog.CollectedLogs") // hands our node to the encoders
                || top.equals("dev.lateen.proxy.ProxyProcess") // hands the bootstrap's resources to the decoders
                || type.getPackageName().startsWith("dev.lateen.proxy.config")
                || type.getPackageName().startsWith("dev.lateen.proxy.bootstrap")
                || type.getPackageName().startsWith("dev.lateen.proxy.xds")
                || type.getPackageName().startsWith("dev.lateen.proxy.admin");
    }

    private static DescribedPredicate<JavaClass> not(
            String description, java.util.function.Predicate<JavaClass> predicate) {
        return DescribedPredicate.describe("not " + description, type -> !predicate.test(type));
    }

    private void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(ours);
    }
}
