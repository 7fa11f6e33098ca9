package dev.lateen.model.diagnostic;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that was probably meant. Thread: any.
public final class Spelling {
    private static final int LONGEST_WORD = 120;

    private Spelling() {}

    /// The nearest of the candidates, or empty when none is near: at most a third of the word may differ. The case of
    /// letters, hyphens and underscores do not count.
    public static Optional<String> closest(String word, Collection<String> candidates) {
        if (word.isEmpty() || word.length() > LONGEST_WORD) {
            return Optional.empty();
        }
        String plain = plain(word);
        int allowed = Math.max(1, plain.length() / 3);
        String best = "";
        int bestDistance = allowed + 1;
        for (String candidate : candidates) {
            if (candidate.isEmpty() || candidate.length() > LONGEST_WORD) {
                continue;
            }
            int distance = distance(plain, plain(candidate), bestDistance + 1);
            if (distance < bestDistance || (distance == bestDistance && isEarlier(candidate, best))) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return bestDistance <= allowed && !best.isEmpty() ? Optional.of(best) : Optional.empty();
    }

    /// `did you mean 'x'?`, or an empty string.
    public static String advice(String word, Collection<String> candidates) {
        return closest(word, candidates)
                .map(found -> "did you mean '" + found + "'?")
                .orElse("");
    }

    private static boolean isEarlier(String candidate, String best) {
        return !best.isEmpty() && candidate.compareTo(best) < 0;
    }

    private static String plain(String word) {
        return word.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /// Insertions, deletions, replacements and swaps of neighbours; stops counting at `limit`.
    private static int distance(String left, String right, int limit) {
        if (Math.abs(left.length() - right.length()) >= limit) {
            return limit;
        }
        int[] beforeLast = new int[right.length() + 1];
        int[] last = new int[right.length() + 1];
        int[] row = new int[right.length() + 1];
        Arrays.setAll(last, column -> column);
        for (int i = 1; i <= left.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                boolean same = left.charAt(i - 1) == right.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                boolean swapped = i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[right.length()];
    }
}
