package dev.lateen.model.validate;

/// The grammar of IP addresses and subnets, without any look-up of names. Thread: any. Source: RFC 4291, RFC 4632.
public final class IpAddresses {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;
    private static final int V6_GROUPS = 8;

    private IpAddresses() {}

    public static boolean isAddress(String text) {
        return isV4(text) || isV6(text);
    }

    /// An address, or an address with a prefix length.
    static boolean isSubnet(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return isAddress(text);
        }
        String address = text.substring(0, slash);
        String length = text.substring(slash + 1);
        boolean digits =
                !length.isEmpty() && length.length() <= 3 && length.chars().allMatch(IpAddresses::isDigit);
        if (!digits) {
            return false;
        }
        int bits = Integer.parseInt(length);
        return (isV4(address) && bits <= V4_BITS) || (isV6(address) && bits <= V6_BITS);
    }

    private static boolean isV4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            boolean digits =
                    !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(IpAddresses::isDigit);
            if (!digits || Integer.parseInt(part) > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isV6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        if (gap < 0) {
            return groups(text, true) == V6_GROUPS;
        }
        int before = groups(text.substring(0, gap), false);
        int after = groups(text.substring(gap + 2), true);
        return before >= 0 && after >= 0 && before + after < V6_GROUPS;
    }

    /// How many 16-bit groups the text holds, or a negative number for a text that is not made of groups.
    private static int groups(String text, boolean mayEndInV4) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int index = 0; index < parts.length; index++) {
            String part = parts[index];
            if (index == parts.length - 1 && mayEndInV4 && isV4(part)) {
                count += 2;
            } else if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(IpAddresses::isHexDigit)) {
                return -V6_GROUPS;
            } else {
                count++;
            }
        }
        return count;
    }

    private static boolean isDigit(int next) {
        return next >= '0' && next <= '9';
    }

    private static boolean isHexDigit(int next) {
        return isDigit(next) || (next >= 'a' && next <= 'f') || (next >= 'A' && next <= 'F');
    }
}
