package dev.lateen.cli.pack;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.util.Set;
import java.util.function.Consumer;

/// Where Netty sets up the JDK's own TLS beside the native one, with a hundred and eighty classes and a tenth of a
/// second: to learn whether the JDK speaks TLS 1.3 (those that run this do), and to make extended trust managers of
/// simple ones (those of the proxy are extended).
final class NettyProbes {
    private static final String WRAPPER = "io/netty/handler/ssl/OpenSslX509TrustManagerWrapper";
    private static final Set<String> CLASSES = Set.of("io/netty/handler/ssl/SslUtils", WRAPPER);

    private NettyProbes() {}

    static boolean isOne(String type) {
        return CLASSES.contains(type);
    }

    static void replace(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method) {
            String name = method.methodName().stringValue();
            boolean wrapper =
                    method.parent().orElseThrow().thisClass().asInternalName().equals(WRAPPER);
            switch (name) {
                case "isTLSv13SupportedByJDK0", "isTLSv13EnabledByJDK0" ->
                    body(builder, method, code -> code.iconst_1().ireturn());
                case "wrapIfNeeded" ->
                    body(builder, method, code -> code.aload(0).areturn());
                case "<clinit>" -> {
                    if (wrapper) {
                        body(builder, method, CodeBuilder::return_);
                    } else {
                        builder.with(element);
                    }
                }
                default -> builder.with(element);
            }
        } else {
            builder.with(element);
        }
    }

    private static void body(ClassBuilder builder, MethodModel method, Consumer<CodeBuilder> code) {
        builder.withMethodBody(
                method.methodName(), method.methodType(), method.flags().flagsMask(), code);
    }
}
