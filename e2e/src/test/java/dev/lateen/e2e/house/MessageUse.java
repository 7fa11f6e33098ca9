package dev.lateen.e2e.house;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.MessageOrBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Finds where a class asks a generated message for its fields by descriptor, or makes a text of one.
///
/// The type of an argument is that of the instruction before the call, which is right for all that the compiler writes
/// for one expression. Messages of `google.protobuf` itself are left whole by the packer, and free to use.
final class MessageUse {
    private static final Set<String> BY_FIELD = Set.of(
            "toString",
            "getAllFields",
            "getField",
            "hasField",
            "setField",
            "clearField",
            "getRepeatedField",
            "getRepeatedFieldCount",
            "setRepeatedField",
            "addRepeatedField",
            "hasOneof",
            "getOneofFieldDescriptor",
            "findInitializationErrors",
            "getInitializationErrorString");
    private static final Set<String> TEXT =
            Set.of("append", "valueOf", "toString", "addArgument", "addKeyValue", "refuse");
    private static final Set<String> WRITERS =
            Set.of("com/google/protobuf/util/JsonFormat", "com/google/protobuf/TextFormat");

    /// They turn messages into dynamic ones first, or see those of `google.protobuf` only.
    private static final Set<String> KNOW_HOW = Set.of(
            "dev/lateen/proxy/config/ProtoJson",
            "dev/lateen/proxy/config/Redactor",
            "dev/lateen/proxy/config/TypedConfig",
            "dev/lateen/proxy/bootstrap/IstioEnvironment");

    private MessageUse() {}

    /// One line for each place.
    static List<String> in(byte[] classFile) {
        ClassModel type = ClassFile.of().parse(classFile);
        List<String> found = new ArrayList<>();
        if (KNOW_HOW.contains(type.thisClass().asInternalName())) {
            return found;
        }
        for (MethodModel method : type.methods()) {
            method.code().ifPresent(code -> {
                String where = type.thisClass().asInternalName().replace('/', '.') + "."
                        + method.methodName().stringValue();
                calls(code, where, found);
            });
        }
        return found;
    }

    private static void calls(CodeModel code, String where, List<String> found) {
        List<LocalVariable> variables = new ArrayList<>();
        List<Instruction> before = new ArrayList<>();
        for (CodeElement element : code) {
            if (element instanceof LocalVariable variable) {
                variables.add(variable);
            }
        }
        for (CodeElement element : code) {
            if (element instanceof InvokeInstruction call && isWrong(call, before, variables)) {
                found.add(where + " calls " + call.owner().asInternalName() + "."
                        + call.name().stringValue());
            }
            if (element instanceof Instruction instruction) {
                before.add(instruction);
            }
        }
    }

    private static boolean isWrong(InvokeInstruction call, List<Instruction> before, List<LocalVariable> variables) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        if (WRITERS.stream().anyMatch(owner::startsWith)) {
            return name.equals("print");
        }
        if (BY_FIELD.contains(name) && isMessage(owner)) {
            return true;
        }
        if (!TEXT.contains(name)) {
            return false;
        }
        List<ClassDesc> parameters = call.typeSymbol().parameterList();
        int argument = parameters.lastIndexOf(ClassDesc.of("java.lang.Object"));
        int at = before.size() - (parameters.size() - argument);
        return argument >= 0
                && at >= 0
                && before.subList(at + 1, before.size()).stream().allMatch(ConstantInstruction.class::isInstance)
                && isMessage(result(before.get(at), variables));
    }

    /// The internal name of what an instruction leaves, or an empty text where that is not told.
    private static String result(Instruction instruction, List<LocalVariable> variables) {
        return switch (instruction) {
            case InvokeInstruction it -> name(it.typeSymbol().returnType());
            case FieldInstruction it -> name(it.typeSymbol());
            case TypeCheckInstruction it
            when it.opcode() == Opcode.CHECKCAST -> it.type().asInternalName();
            case LoadInstruction it ->
                variables.stream()
                        .filter(variable -> variable.slot() == it.slot())
                        .map(variable -> name(variable.typeSymbol()))
                        .filter(MessageUse::isMessage)
                        .findFirst()
                        .orElse("");
            default -> "";
        };
    }

    private static String name(ClassDesc type) {
        String descriptor = type.descriptorString();
        return descriptor.startsWith("L") ? descriptor.substring(1, descriptor.length() - 1) : "";
    }

    private static boolean isMessage(String internalName) {
        if (internalName.isEmpty() || internalName.startsWith("java/") || internalName.startsWith("dev/lateen/")) {
            return false;
        }
        boolean anyMessage = Set.of(
                        "com/google/protobuf/Message",
                        "com/google/protobuf/MessageOrBuilder",
                        "com/google/protobuf/Message$Builder")
                .contains(internalName);
        if (internalName.startsWith("com/google/protobuf/") && !anyMessage) {
            return false;
        }
        try {
            Class<?> type = Class.forName(internalName.replace('/', '.'), false, MessageUse.class.getClassLoader());
            return MessageOrBuilder.class.isAssignableFrom(type) && !DynamicMessage.class.isAssignableFrom(type);
        } catch (ClassNotFoundException | LinkageError _) {
            return false;
        }
    }
}
