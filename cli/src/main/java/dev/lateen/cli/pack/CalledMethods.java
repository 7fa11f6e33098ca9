package dev.lateen.cli.pack;

import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which methods of messages may be called, by name and descriptor.
final class CalledMethods {
    /// Looked up by name in the protobuf runtime, or called by the JDK.
    private static final Set<String> BY_NAME = Set.of(
            "getDefaultInstance",
            "newBuilder",
            "parser",
            "getDescriptor",
            "toString",
            "hashCode",
            "equals",
            "<init>",
            "<clinit>");

    private final PackedFiles classes;
    private final Map<String, List<MethodModel>> declared = new HashMap<>();
    private final Set<String> called = new HashSet<>();
    private final Deque<String> pending = new ArrayDeque<>();

    CalledMethods(PackedFiles classes) {
        this.classes = classes;
    }

    void follow() {
        for (ClassModel message : classes.messages()) {
            for (MethodModel method : message.methods()) {
                declared.computeIfAbsent(signature(method), _ -> new ArrayList<>())
                        .add(method);
                if (BY_NAME.contains(method.methodName().stringValue())) {
                    call(signature(method));
                }
            }
        }
        for (ClassModel other : classes.others()) {
            for (PoolEntry entry : other.constantPool()) {
                if (entry instanceof NameAndTypeEntry it) {
                    call(it.name().stringValue() + it.type().stringValue());
                }
            }
        }
        while (!pending.isEmpty()) {
            for (MethodModel method : declared.getOrDefault(pending.pop(), List.of())) {
                method.code().ifPresent(code -> code.forEach(this::callees));
            }
        }
    }

    private void callees(CodeElement element) {
        switch (element) {
            case InvokeInstruction it ->
                call(it.name().stringValue() + it.type().stringValue());
            case InvokeDynamicInstruction it -> {
                for (ConstantDesc argument : it.bootstrapArgs()) {
                    if (argument instanceof DirectMethodHandleDesc handle) {
                        call(handle.methodName() + handle.lookupDescriptor());
                    }
                }
            }
            default -> {}
        }
    }

    private void call(String signature) {
        if (called.add(signature)) {
            pending.add(signature);
        }
    }

    byte[] trim(ClassModel message, ClassFile writer) {
        return writer.transformClass(message, (builder, element) -> {
            if (isKept(element)) {
                builder.with(element);
            }
        });
    }

    /// Field numbers are constants, which the compiler has copied to where they are used.
    private boolean isKept(ClassElement element) {
        return switch (element) {
            case MethodModel it -> called.contains(signature(it));
            case FieldModel it -> !it.fieldName().stringValue().endsWith("_FIELD_NUMBER");
            default -> true;
        };
    }

    private static String signature(MethodModel method) {
        return method.methodName().stringValue() + method.methodType().stringValue();
    }
}
