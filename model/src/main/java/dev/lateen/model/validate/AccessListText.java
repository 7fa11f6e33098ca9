package dev.lateen.model.validate;

import dev.lateen.model.policy.AccessList.Holds;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The text of a list that stands outside of its resource: one value a line; `#` and what follows it is a comment.
///
/// Limits: 20,000 values. Thread: any.
public sealed interface AccessListText {
    int MOST_VALUES = 20_000;

    /// Values in the order of the text, each once.
    record Good(List<String> values) implements AccessListText {}

    /// @param line counted from 1
    record Bad(int line, String reason) implements AccessListText {}

    /// A list with one bad line is bad as a whole: half a list may let in or lock out the wrong ones.
    static AccessListText parse(String text, Holds holds) {
        Set<String> values = new LinkedHashSet<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            int comment = line.indexOf('#');
            String value = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (value.isEmpty()) {
                continue;
            }
            String fault = fault(value, holds);
            if (!fault.isEmpty()) {
                return new Bad(number, fault + ": '" + shown(value) + "'");
            }
            values.add(value);
            if (values.size() > MOST_VALUES) {
                return new Bad(number, "the list holds more than " + MOST_VALUES + " values");
            }
        }
        return new Good(List.copyOf(values));
    }

    private static String fault(String value, Holds holds) {
        return switch (holds) {
            case IP_BLOCKS, REMOTE_IP_BLOCKS -> IpAddresses.isSubnet(value) ? "" : "not an IP address or subnet";
            case PRINCIPALS -> AccessListRules.isPrincipal(value) ? "" : "not a principal";
            case HEADER_VALUES -> value.chars().allMatch(c -> c >= ' ' && c < 0x7f) ? "" : "not a header's value";
        };
    }

    private static String shown(String value) {
        return value.length() <= 60 ? value : value.substring(0, 60) + "…";
    }
}
