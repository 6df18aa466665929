using Codexport.Engine.Errors;

namespace Codexport.Tests.Architecture;

/// <summary>The layers that <c>docs/architecture.md</c> promises, checked against the compiled engine.</summary>
public sealed class LayerTests
{
    private const string Root = "Codexport.Engine.";

    private readonly LayerTable _table = LayerTable.Read();

    [Fact]
    public void Types_UseOnlyTheFoldersThatTheTableNames()
    {
        var wrong = Arrows().Where(arrow => !_table.Rows[arrow.FromRow].Uses.Any(use => _table.Means(use, _table.Rows[arrow.ToRow])))
            .Select(arrow => $"{arrow.From} uses {arrow.To}");

        AssertNone(wrong);
    }

    [Fact]
    public void Table_NamesOnlyFoldersThatStandAbove()
    {
        var wrong =
            from row in _table.Rows.Select((row, index) => (row, index))
            from use in row.row.Uses
            where !_table.Rows.Take(row.index).Any(above => _table.Means(use, above))
                || _table.Rows.Skip(row.index).Any(below => _table.Means(use, below))
            select $"{row.row.Folder} names {use}";

        AssertNone(wrong);
    }

    [Fact]
    public void Table_NamesNoFolderThatIsNotUsed()
    {
        var used = Arrows().Select(arrow => (arrow.FromRow, To: _table.Rows[arrow.ToRow])).ToHashSet();
        var wrong =
            from row in _table.Rows.Select((row, index) => (row, index))
            from use in row.row.Uses
            where !used.Any(arrow => arrow.FromRow == row.index && _table.Means(use, arrow.To))
            select $"{row.row.Folder} names {use}";

        AssertNone(wrong);
    }

    [Fact]
    public void Table_HasARowForEachFolder()
    {
        var folders = Types().Keys.Select(LayerTable.FolderOf).Distinct().Where(folder => _table.IndexOf(folder) < 0);

        AssertNone(folders);
        Assert.All(
            _table.Rows.Select((row, index) => (row, index)),
            row => Assert.Contains(Types().Keys, type => _table.IndexOf(LayerTable.FolderOf(type)) == row.index));
    }

    private static void AssertNone(IEnumerable<string> wrong)
        => Assert.True(!wrong.Any(), string.Join('\n', wrong.Prepend("Against the table in docs/architecture.md:")));

    private IEnumerable<Arrow> Arrows() =>
        from type in Types()
        from other in type.Value
        where other.StartsWith(Root, StringComparison.Ordinal)
        let @from = _table.IndexOf(LayerTable.FolderOf(type.Key))
        let to = _table.IndexOf(LayerTable.FolderOf(other))
        where @from != to
        select new Arrow(type.Key, other, @from, to);

    private static Dictionary<string, SortedSet<string>> Types()
        => AssemblyReferences.Read(typeof(ErrorCode).Assembly.Location)
            .Where(type => type.Key.StartsWith(Root, StringComparison.Ordinal))
            .ToDictionary(type => type.Key, type => type.Value, StringComparer.Ordinal);

    private sealed record Arrow(string From, string To, int FromRow, int ToRow);
}
