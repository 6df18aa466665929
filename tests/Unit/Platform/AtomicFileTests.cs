using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PhysicalFileSystem _files = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_NewFile_IsPrivateAndLeavesNothingElse()
    {
        AtomicFile.Write(_files, _folder["file"], "hello"u8);
        Assert.Equal("hello", File.ReadAllText(_folder["file"]));
        Assert.Equal([_folder["file"]], Directory.GetFiles(_folder.Path));
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes of Unix.");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["file"]));
    }

    [Fact]
    public async Task WriteAsync_OverFile_KeepsOrSetsItsMode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes of Unix.");
        const UnixFileMode Odd = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.WriteAllText(_folder["file"], "old");
        File.SetUnixFileMode(_folder["file"], Odd);
        using var content = new MemoryStream("new"u8.ToArray());
        await AtomicFile.WriteAsync(_files, _folder["file"], content, null, TestContext.Current.CancellationToken);
        Assert.Equal("new", await File.ReadAllTextAsync(_folder["file"], TestContext.Current.CancellationToken));
        Assert.Equal(Odd, File.GetUnixFileMode(_folder["file"]));
        AtomicFile.Write(_files, _folder["file"], "newer"u8, FilePermission.Executable);
        Assert.True(File.GetUnixFileMode(_folder["file"]).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void Write_WhenAFolderIsInTheWay_FailsAndCleansUp()
    {
        Directory.CreateDirectory(_folder["target"]);
        var error = Assert.Throws<CodexportException>(() => AtomicFile.Write(_files, _folder["target"], "x"u8));
        Assert.Equal(ErrorCode.PathBlocked, error.Code);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void ReadAllBytes_RespectsLimitAndAbsence()
    {
        File.WriteAllBytes(_folder["file"], new byte[100]);
        Assert.Equal(100, AtomicFile.ReadAllBytes(_files, _folder["file"], 100).Length);
        Assert.Equal(
            ErrorCode.LimitExceeded,
            Assert.Throws<CodexportException>(() => AtomicFile.ReadAllBytes(_files, _folder["file"], 99)).Code);
        Assert.Null(AtomicFile.TryReadAllBytes(_files, _folder["none"]));
        Assert.Null(AtomicFile.TryReadAllBytes(_files, _folder["no/folder"]));
        Assert.True(AtomicFile.IsTemporaryName(Path.GetFileName(AtomicFile.TemporaryPathFor(_folder["file"]))));
    }
}
