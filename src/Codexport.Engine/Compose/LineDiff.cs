namespace Codexport.Engine.Compose;

/// <summary>A run of lines that was exchanged for another one; either may be empty.</summary>
/// <param name="Before">Where it begins in the old text, from 0.</param>
/// <param name="BeforeCount">How many lines of the old text go.</param>
/// <param name="After">Where the new ones begin in the new text.</param>
/// <param name="AfterCount">How many lines come.</param>
internal readonly record struct LineChange(int Before, int BeforeCount, int After, int AfterCount);

/// <summary>The fewest lines that turn one text into another (Myers), as long as there are not very many of them.</summary>
internal static class LineDiff
{
    // Beyond that the way back through all steps takes too much memory, and nobody reads the result line by line.
    private const int MostEdits = 1500;

    /// <summary>What differs, in order.</summary>
    public static IReadOnlyList<LineChange> Find(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start])
        {
            start++;
        }

        var end = 0;
        while (end < before.Count - start && end < after.Count - start && before[before.Count - 1 - end] == after[after.Count - 1 - end])
        {
            end++;
        }

        int[] old = [.. Numbers(before, start, before.Count - end, out var numbers)];
        int[] now = [.. Numbers(after, start, after.Count - end, numbers)];
        return old.Length == 0 && now.Length == 0 ? []
            : old.Length == 0 || now.Length == 0 || Steps(old, now) is not { } steps ? [new LineChange(start, old.Length, start, now.Length)]
            : Changes(steps, old.Length, now.Length, start);
    }

    private static IEnumerable<int> Numbers(IReadOnlyList<string> lines, int from, int to, out Dictionary<string, int> numbers)
        => Numbers(lines, from, to, numbers = new Dictionary<string, int>(StringComparer.Ordinal));

    private static IEnumerable<int> Numbers(IReadOnlyList<string> lines, int from, int to, Dictionary<string, int> numbers)
    {
        for (var index = from; index < to; index++)
        {
            if (!numbers.TryGetValue(lines[index], out var number))
            {
                numbers[lines[index]] = number = numbers.Count;
            }

            yield return number;
        }
    }

    // For each number of edits, how far each diagonal gets; null when more are needed than are looked for.
    private static List<int[]>? Steps(int[] old, int[] now)
    {
        var most = Math.Min(old.Length + now.Length, MostEdits);
        var reach = new int[(2 * most) + 3];
        var middle = most + 1;
        var steps = new List<int[]>();
        for (var edits = 0; edits <= most; edits++)
        {
            steps.Add(reach[(middle - edits - 1)..(middle + edits + 2)]);
            for (var diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                var comes = diagonal == -edits || (diagonal != edits && reach[middle + diagonal - 1] < reach[middle + diagonal + 1]);
                var x = comes ? reach[middle + diagonal + 1] : reach[middle + diagonal - 1] + 1;
                while (x < old.Length && x - diagonal < now.Length && old[x] == now[x - diagonal])
                {
                    x++;
                }

                reach[middle + diagonal] = x;
                if (x >= old.Length && x - diagonal >= now.Length)
                {
                    return steps;
                }
            }
        }

        return null;
    }

    // Back from the end, one edit at a time; neighbours become one change.
    private static List<LineChange> Changes(List<int[]> steps, int x, int y, int shift)
    {
        var changes = new List<LineChange>();
        for (var edits = steps.Count - 1; edits > 0; edits--)
        {
            // What was reached with one edit less stands in the middle of its own copy.
            var reach = steps[edits];
            var middle = edits + 1;
            var diagonal = x - y;
            var comes = diagonal == -edits || (diagonal != edits && reach[middle + diagonal - 1] < reach[middle + diagonal + 1]);
            var before = comes ? diagonal + 1 : diagonal - 1;
            var fromX = reach[middle + before];
            var fromY = fromX - before;
            var change = comes ? new LineChange(fromX + shift, 0, fromY + shift, 1) : new LineChange(fromX + shift, 1, fromY + shift, 0);
            if (changes.Count > 0 && changes[^1] is var next && change.Before + change.BeforeCount == next.Before && change.After + change.AfterCount == next.After)
            {
                changes[^1] = new LineChange(change.Before, change.BeforeCount + next.BeforeCount, change.After, change.AfterCount + next.AfterCount);
            }
            else
            {
                changes.Add(change);
            }

            (x, y) = (fromX, fromY);
        }

        changes.Reverse();
        return changes;
    }
}
