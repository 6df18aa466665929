using Codexport.Engine.Master.Followers;

namespace Codexport.Tests.Master;

public sealed class SyncHistoryTests : IDisposable
{
    private readonly MasterHome _home = new();

    public SyncHistoryTests() => Directory.CreateDirectory(_home.Context.Home.MasterFolder);

    public void Dispose() => _home.Dispose();

    [Fact]
    public void History_KeepsTheLastOnes_OfThoseInTheBook_OverARestart()
    {
        var history = new SyncHistory(_home.Context);
        for (var number = 0; number < SyncHistory.Kept + 5; number++)
        {
            history.Note("a", $"revision {number}", number, error: null);
        }

        history.Note("b", null, 0, "DriftRefused");
        history.Note("gone", "x", 1, null);
        history.Flush(["a", "b"]);

        var read = new SyncHistory(_home.Context).List();
        Assert.Equal(["a", "b"], read.Keys.Order());
        Assert.Equal(SyncHistory.Kept, read["a"].Count);
        Assert.Equal(("revision 5", 5L), (read["a"][0].Revision, read["a"][0].Bytes));
        Assert.Equal("DriftRefused", Assert.Single(read["b"]).Error);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SyncHistory.PathOf(_home.Context)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"version\":1,\"followers\":{\"a\":null}}")]
    [InlineData("{\"version\":1,\"followers\":{\"a\":[null]}}")]
    [InlineData("{\"version\":2,\"followers\":{}}")]
    [InlineData("[1")]
    public void DamagedHistory_BeginsAnew(string content)
    {
        File.WriteAllText(SyncHistory.PathOf(_home.Context), content);
        var history = new SyncHistory(_home.Context);
        Assert.Empty(history.List());
        history.Note("a", "x", 1, null);
        history.Flush(["a"]);
        Assert.Single(new SyncHistory(_home.Context).List());
    }

    [Fact]
    public void History_InThePlaceOfAFolder_IsWrittenAllTheSame()
    {
        Directory.CreateDirectory(Path.Combine(SyncHistory.PathOf(_home.Context), "in-the-way"));
        var history = new SyncHistory(_home.Context);
        history.Note("a", "x", 1, null);
        history.Flush(["a"]);
        Assert.Single(new SyncHistory(_home.Context).List());
    }
}
