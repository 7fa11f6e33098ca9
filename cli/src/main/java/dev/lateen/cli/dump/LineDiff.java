package dev.lateen.cli.dump;

import java.util.ArrayList;
import java.util.List;

/// The lines in which two texts differ, with a few around them, as `diff -u` shows them.
///
/// Limits: beyond 4 million pairs of differing lines it shows all of the left and then all of the right.
public final class LineDiff {
    private static final int CONTEXT = 3;
    private static final long MOST_PAIRS = 4_000_000;

    private LineDiff() {}

    public static String of(List<String> left, List<String> right) {
        List<String> edits = edits(left, right);
        StringBuilder text = new StringBuilder();
        int shownUntil = 0;
        for (int i = 0; i < edits.size(); i++) {
            if (edits.get(i).startsWith(" ")) {
                continue;
            }
            int from = Math.max(shownUntil, i - CONTEXT);
            if (from > shownUntil || shownUntil == 0) {
                text.append("@@ ").append(from + 1).append(" @@\n");
            }
            int until = Math.min(edits.size(), i + 1 + CONTEXT);
            for (int line = from; line < until; line++) {
                boolean ofNextChange = line > i && !edits.get(line).startsWith(" ");
                if (ofNextChange) {
                    until = line;
                } else {
                    text.append(edits.get(line)).append('\n');
                }
            }
            shownUntil = until;
        }
        return text.toString();
    }

    /// All lines, each with a space, `-` or `+` in front.
    private static List<String> edits(List<String> left, List<String> right) {
        int start = 0;
        while (start < Math.min(left.size(), right.size()) && left.get(start).equals(right.get(start))) {
            start++;
        }
        int leftEnd = left.size();
        int rightEnd = right.size();
        while (leftEnd > start && rightEnd > start && left.get(leftEnd - 1).equals(right.get(rightEnd - 1))) {
            leftEnd--;
            rightEnd--;
        }
        List<String> edits = new ArrayList<>();
        left.subList(0, start).forEach(line -> edits.add(" " + line));
        middle(edits, left.subList(start, leftEnd), right.subList(start, rightEnd));
        left.subList(leftEnd, left.size()).forEach(line -> edits.add(" " + line));
        return edits;
    }

    private static void middle(List<String> edits, List<String> left, List<String> right) {
        int i = 0;
        int j = 0;
        if ((long) left.size() * right.size() <= MOST_PAIRS) {
            int[][] common = common(left, right);
            while (i < left.size() && j < right.size()) {
                if (left.get(i).equals(right.get(j))) {
                    edits.add(" " + left.get(i));
                    i++;
                    j++;
                } else if (common[i + 1][j] >= common[i][j + 1]) {
                    edits.add("-" + left.get(i++));
                } else {
                    edits.add("+" + right.get(j++));
                }
            }
        }
        left.subList(i, left.size()).forEach(line -> edits.add("-" + line));
        right.subList(j, right.size()).forEach(line -> edits.add("+" + line));
    }

    /// How many lines the rests of both have in common, by where the rests start.
    private static int[][] common(List<String> left, List<String> right) {
        int[][] common = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--) {
            for (int j = right.size() - 1; j >= 0; j--) {
                common[i][j] = left.get(i).equals(right.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
