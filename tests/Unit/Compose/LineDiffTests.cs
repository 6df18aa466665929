using Codexport.Engine.Compose;
using FsCheck.Xunit;

namespace Codexport.Tests.Compose;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("a b c", "a b c", 0)]
    [InlineData("", "a b", 2)]
    [InlineData("a b", "", 2)]
    [InlineData("a b c", "a x c", 2)]
    [InlineData("a b c d", "b c d a", 2)]
    [InlineData("a b c a b b a", "c b a b a c", 5)]
    [InlineData("x a x b x c x", "x x x x", 3)]
    public void Find_GivesTheFewestLines(string before, string after, int edits)
    {
        var changes = LineDiff.Find(Words(before), Words(after));
        Assert.Equal(edits, changes.Sum(change => change.BeforeCount + change.AfterCount));
        Assert.Equal(Words(after), Applied(Words(before), Words(after), changes));
    }

    [Property(MaxTest = 500)]
    public void Find_LeadsFromOneTextToTheOther(byte[] before, byte[] after)
    {
        // Few different lines, so that many are equal.
        var (old, now) = (before.Select(Line).ToList(), after.Select(Line).ToList());
        var changes = LineDiff.Find(old, now);
        Assert.Equal(now, Applied(old, now, changes));
        Assert.All(changes, change => Assert.True(change.BeforeCount + change.AfterCount > 0));
        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.True(pair.First.Before + pair.First.BeforeCount < pair.Second.Before));

        static string Line(byte value) => $"line {value % 5}";
    }

    [Fact]
    public void Find_OfTextsThatHaveNothingInCommon_IsOneChange()
    {
        var old = Enumerable.Range(0, 5000).Select(number => $"old {number}").ToList();
        var now = Enumerable.Range(0, 6000).Select(number => $"new {number}").ToList();
        Assert.Equal(new LineChange(1, 5000, 1, 6000), Assert.Single(LineDiff.Find(["same", .. old, "end"], ["same", .. now, "end"])));
    }

    private static List<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static List<string> Applied(List<string> before, List<string> after, IReadOnlyList<LineChange> changes)
    {
        var result = new List<string>();
        var position = 0;
        foreach (var change in changes)
        {
            result.AddRange(before[position..change.Before]);
            result.AddRange(after[change.After..(change.After + change.AfterCount)]);
            position = change.Before + change.BeforeCount;
        }

        result.AddRange(before[position..]);
        return result;
    }
}
