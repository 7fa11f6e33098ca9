package dev.lateen.translate.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Values of fields that are no messages, in protobuf's JSON form. Thread: any.
final class Scalars {
    private Scalars() {}

    /// Null where it is no value of the field.
    static @Nullable Object read(Scalar value, FieldDescriptor field) {
        String text = value.text();
        try {
            return switch (field.getJavaType()) {
                case STRING -> value.type() == ScalarType.STRING ? text : null;
                case BOOLEAN -> value.type() == ScalarType.BOOLEAN ? Boolean.valueOf(text) : null;
                case INT ->
                    field.getType() == FieldDescriptor.Type.UINT32 || field.getType() == FieldDescriptor.Type.FIXED32
                            ? (Object) Integer.parseUnsignedInt(whole(text))
                            : (Object) Integer.valueOf(whole(text));
                case LONG ->
                    field.getType() == FieldDescriptor.Type.UINT64 || field.getType() == FieldDescriptor.Type.FIXED64
                            ? (Object) Long.parseUnsignedLong(whole(text))
                            : (Object) Long.valueOf(whole(text));
                case FLOAT -> Float.valueOf(text);
                case DOUBLE -> Double.valueOf(text);
                case BYTE_STRING -> ByteString.copyFrom(decode(text));
                case ENUM -> enumValue(text, field);
                case MESSAGE -> null;
            };
        } catch (IllegalArgumentException _) { // also of numbers
            return null;
        }
    }

    /// `5.0` is a whole number in JSON.
    private static String whole(String text) {
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static byte[] decode(String text) {
        return (text.indexOf('-') >= 0 || text.indexOf('_') >= 0 ? Base64.getUrlDecoder() : Base64.getDecoder())
                .decode(text);
    }

    private static @Nullable EnumValueDescriptor enumValue(String text, FieldDescriptor field) {
        EnumValueDescriptor named = field.getEnumType().findValueByName(text);
        if (named != null || text.isEmpty() || !Character.isDigit(text.charAt(0))) {
            return named;
        }
        return field.getEnumType().findValueByNumberCreatingIfUnknown(Integer.parseInt(text));
    }

    static String expected(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> "a string";
            case BOOLEAN -> "true or false";
            case INT, LONG -> "a whole number";
            case FLOAT, DOUBLE -> "a number";
            case BYTE_STRING -> "base64";
            case ENUM -> {
                StringBuilder names = new StringBuilder("one of");
                field.getEnumType().getValues().stream()
                        .limit(12)
                        .forEach(v -> names.append(' ').append(v.getName()));
                yield names.toString();
            }
            case MESSAGE -> "an object";
        };
    }
}
