package dev.lateen.translate.policy;

/// Texts within expressions of RE2, which a proxy compiles.
public final class RegexText {
    private static final String SPECIAL = "\\.+*?()|[]{}^$";

    private RegexText() {}

    /// An expression that matches nothing but the text. Not `\Q…\E`: it ends at a `\E` in the text.
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (SPECIAL.indexOf(c) >= 0) {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        return quoted.toString();
    }
}
