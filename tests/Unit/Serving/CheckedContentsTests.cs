using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Server;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Serving;

public sealed class CheckedContentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _doubts;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("the content")]
    [InlineData("")]
    public void Content_ThatIsWhole_IsHandedOn(string text)
    {
        var (contents, hash, _) = Put(text);
        Assert.Equal(text, Read(contents, hash));
        Assert.Equal(0, _doubts);
    }

    [Theory]
    [InlineData("the CONTENT")]
    [InlineData("the con")]
    [InlineData("the content and more")]
    [InlineData("")]
    [InlineData(null)]
    public void Content_ThatIsDamaged_IsNeverHandedOnWhole_AndIsDoubted(string? damaged)
    {
        var (contents, hash, path) = Put("the content");
        File.Delete(path);
        if (damaged is not null)
        {
            File.WriteAllText(path, damaged);
        }

        var error = Assert.Throws<CodexportException>(() => Read(contents, hash));
        Assert.Equal(ErrorCode.StateDamaged, error.Code);
        Assert.Contains("codexport master rebuild", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(1, _doubts);
    }

    [Fact]
    public void EndOfAContent_IsHandedOnUnjudged()
    {
        var (contents, hash, path) = Put("the content");
        File.WriteAllText(path, "THE content");
        using var content = contents.OpenRead(hash);
        content.Position = 4;
        using var reader = new StreamReader(content);
        Assert.Equal("content", reader.ReadToEnd());
    }

    private static string Read(CheckedContents contents, Sha256Hash hash)
    {
        using var reader = new StreamReader(contents.OpenRead(hash));
        return reader.ReadToEnd();
    }

    private (CheckedContents Contents, Sha256Hash Hash, string Path) Put(string text)
    {
        var store = new ObjectStore(new PhysicalFileSystem(), _folder.Path);
        var hash = store.Put(Encoding.UTF8.GetBytes(text));
        return (new CheckedContents(store, _folder.Path, () => _doubts++), hash, Path.Join(_folder.Path, hash.ToString()[..2], hash.ToString()[2..]));
    }
}
