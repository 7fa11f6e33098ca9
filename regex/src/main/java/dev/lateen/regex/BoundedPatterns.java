package dev.lateen.regex;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/// Compiles regular expressions that somebody else wrote. RE2 matches in linear time, but a few characters such as
/// `((a{0,99}){0,99}){0,99}` stand for a program of millions of instructions: those are refused before they are
/// compiled.
///
/// Source: Istio's bootstrap sets `re2.max_program_size.error_level` to 32768 for Envoy. Limits: `MAX_PROGRAM`.
///
/// Thread: any.
public final class BoundedPatterns {
    /// Instructions of a program.
    public static final int MAX_PROGRAM = 32_768;

    private BoundedPatterns() {}

    /// @throws PatternSyntaxException when it is none, or its program would be too large
    public static Pattern compile(String regex) {
        if (ProgramSize.of(regex) > MAX_PROGRAM) {
            throw new PatternSyntaxException(
                    "its program would have more than " + MAX_PROGRAM + " instructions: repeat less", regex);
        }
        return Pattern.compile(regex);
    }
}
