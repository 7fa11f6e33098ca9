package dev.lateen.cli.pack;

import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
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
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// Which methods of messages may be called, by owner, name and descriptor.
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

    /// The owner of calls on a parent of all messages.
    private static final String ANY = "";

    private final PackedFiles classes;
    private final Map<String, Map<String, MethodModel>> declared = new HashMap<>();
    private final Map<String, List<String>> implementations = new HashMap<>();
    private final Map<String, List<String>> interfaces = new HashMap<>();
    private final Set<String> parents = new HashSet<>(Set.of("java/lang/Object"));
    private final Set<Call> called = new HashSet<>();
    private final Deque<Call> pending = new ArrayDeque<>();

    CalledMethods(PackedFiles classes) {
        this.classes = classes;
    }

    /// @param owner the message or its interface that is named in the call, or `ANY`
    private record Call(String owner, String signature) {}

    void follow() {
        for (ClassModel message : classes.messages()) {
            declare(message);
        }
        BY_NAME.forEach(name -> declared.values().stream()
                .flatMap(methods -> methods.values().stream())
                .filter(method -> method.methodName().equalsString(name))
                .forEach(method -> call(ANY, signature(method))));
        for (ClassModel other : classes.others()) {
            for (PoolEntry entry : other.constantPool()) {
                if (entry instanceof MemberRefEntry it) {
                    call(it.owner().asInternalName(), signature(it));
                }
            }
        }
        while (!pending.isEmpty()) {
            Call call = pending.pop();
            targets(call)
                    .map(type -> declared.getOrDefault(type, Map.of()).get(call.signature()))
                    .filter(Objects::nonNull)
                    .forEach(method -> method.code().ifPresent(code -> code.forEach(this::callees)));
        }
    }

    private void declare(ClassModel message) {
        String type = message.thisClass().asInternalName();
        Map<String, MethodModel> methods = new HashMap<>();
        message.methods().forEach(method -> methods.put(signature(method), method));
        declared.put(type, methods);
        addParents(message);
        for (ClassEntry parent : message.interfaces()) {
            interfaces.computeIfAbsent(type, _ -> new ArrayList<>()).add(parent.asInternalName());
            implementations
                    .computeIfAbsent(parent.asInternalName(), _ -> new ArrayList<>())
                    .add(type);
        }
    }

    private void addParents(ClassModel type) {
        Stream.concat(type.superclass().stream(), type.interfaces().stream())
                .map(ClassEntry::asInternalName)
                .filter(name -> !classes.isMessage(name) && parents.add(name))
                .forEach(name -> classes.find(name).ifPresent(this::addParents));
    }

    /// Where a call may end up.
    private Stream<String> targets(Call call) {
        return call.owner().equals(ANY)
                ? declared.keySet().stream()
                : Stream.concat(
                        Stream.of(call.owner()), implementations.getOrDefault(call.owner(), List.of()).stream());
    }

    private void callees(CodeElement element) {
        switch (element) {
            case InvokeInstruction it -> call(it.owner().asInternalName(), signature(it.method()));
            case InvokeDynamicInstruction it -> {
                for (ConstantDesc argument : it.bootstrapArgs()) {
                    if (argument instanceof DirectMethodHandleDesc handle) {
                        String owner = handle.owner().descriptorString();
                        call(owner.substring(1, owner.length() - 1), handle.methodName() + handle.lookupDescriptor());
                    }
                }
            }
            default -> {}
        }
    }

    private void call(String owner, String signature) {
        boolean message = declared.containsKey(owner);
        if (message || owner.equals(ANY) || parents.contains(owner)) {
            Call call = new Call(message ? owner : ANY, signature);
            if (called.add(call)) {
                pending.add(call);
            }
        }
    }

    byte[] trim(ClassModel message, ClassFile writer) {
        String type = message.thisClass().asInternalName();
        return writer.transformClass(message, (builder, element) -> {
            if (isKept(type, element)) {
                builder.with(element);
            }
        });
    }

    /// Field numbers are constants, which the compiler has copied to where they are used.
    private boolean isKept(String type, ClassElement element) {
        return switch (element) {
            case MethodModel it -> isCalled(type, signature(it));
            case FieldModel it -> !it.fieldName().stringValue().endsWith("_FIELD_NUMBER");
            default -> true;
        };
    }

    private boolean isCalled(String type, String signature) {
        return called.contains(new Call(ANY, signature))
                || called.contains(new Call(type, signature))
                || interfaces.getOrDefault(type, List.of()).stream()
                        .anyMatch(parent -> called.contains(new Call(parent, signature)));
    }

    private static String signature(MethodModel method) {
        return method.methodName().stringValue() + method.methodType().stringValue();
    }

    private static String signature(MemberRefEntry member) {
        return member.name().stringValue() + member.type().stringValue();
    }
}
