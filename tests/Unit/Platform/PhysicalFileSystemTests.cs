using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

public sealed class PhysicalFileSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PhysicalFileSystem _files = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TryLock_OfANewFileByManyAtOnce_FailsForNobody()
    {
        for (var round = 0; round < 200; round++)
        {
            var path = _folder[$"{round}.lock"];
            using var together = new Barrier(4);
            var locks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
                () =>
                {
                    together.SignalAndWait(TestContext.Current.CancellationToken);
                    return _files.TryLock(path);
                },
                TestContext.Current.CancellationToken)));
            Assert.InRange(locks.Count(held => held is not null), 0, 1);
            Array.ForEach(locks, held => held?.Dispose());
        }
    }

    [Fact]
    public void TryGetEntry_ForEachKind_SaysWhatItIs()
    {
        File.WriteAllText(_folder["file"], "12345");
        Directory.CreateDirectory(_folder["folder"]);
        Assert.Null(_files.TryGetEntry(_folder["nothing"]));
        Assert.Null(_files.TryGetEntry(_folder["file/below"]));
        var file = _files.TryGetEntry(_folder["file"])!.Value;
        Assert.Equal((EntryKind.File, 5L), (file.Kind, file.Size));
        Assert.Equal(File.GetLastWriteTimeUtc(_folder["file"]).Ticks, file.ModifiedTicks);
        Assert.Equal(EntryKind.Directory, _files.TryGetEntry(_folder["folder"])!.Value.Kind);
    }

    [Fact]
    public void TryGetEntry_ForLinks_DoesNotFollow()
    {
        SkipOnWindows();
        File.CreateSymbolicLink(_folder["dangling"], _folder["nothing"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder.Path);
        Assert.Equal(EntryKind.SymbolicLink, _files.TryGetEntry(_folder["dangling"])!.Value.Kind);
        Assert.Equal(EntryKind.SymbolicLink, _files.TryGetEntry(_folder["link"])!.Value.Kind);
    }

    [Fact]
    public void Enumerate_ListsEveryEntryOnce()
    {
        SkipOnWindows();
        File.WriteAllText(_folder["run.sh"], "x");
        File.SetUnixFileMode(_folder["run.sh"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateDirectory(_folder["sub"]);
        File.WriteAllText(_folder["sub/below"], "not listed");
        File.CreateSymbolicLink(_folder["link"], _folder["run.sh"]);
        var entries = _files.Enumerate(_folder.Path).OrderBy(entry => entry.Path, StringComparer.Ordinal).ToList();
        Assert.Equal([_folder["link"], _folder["run.sh"], _folder["sub"]], entries.Select(entry => entry.Path));
        Assert.Equal([EntryKind.SymbolicLink, EntryKind.File, EntryKind.Directory], entries.Select(entry => entry.Kind));
        Assert.Equal([false, true, false], entries.Select(entry => entry.IsExecutable));
        Assert.Empty(_files.Enumerate(_folder["nothing"]));
    }

    [Fact]
    public async Task OpenRead_OnPipe_RefusesAtOnce()
    {
        SkipOnWindows();
        LibC.MakePipe(_folder["pipe"]);
        var reading = Task.Run(() => AssertCode(ErrorCode.PathBlocked, () => _files.OpenRead(_folder["pipe"])), TestContext.Current.CancellationToken);
        await reading.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(EntryKind.Other, _files.TryGetEntry(_folder["pipe"])!.Value.Kind);
    }

    [Fact]
    public void OpenRead_OnFolderOrNothing_IsTyped()
    {
        AssertCode(ErrorCode.PathBlocked, () => _files.OpenRead(_folder.Path));
        AssertCode(ErrorCode.FileUnreadable, () => _files.OpenRead(_folder["nothing"]));
    }

    [Fact]
    public void CreateNew_WhenSomethingIsThere_RefusesAndNeverFollowsLinks()
    {
        File.WriteAllText(_folder["there"], "old");
        AssertCode(ErrorCode.PathBlocked, () => _files.CreateNew(_folder["there"], FilePermission.Normal));
        SkipOnWindows();
        File.CreateSymbolicLink(_folder["link"], _folder["elsewhere"]);
        AssertCode(ErrorCode.PathBlocked, () => _files.CreateNew(_folder["link"], FilePermission.Normal));
        Assert.False(File.Exists(_folder["elsewhere"]));
        Assert.Equal("old", File.ReadAllText(_folder["there"]));
    }

    [Theory]
    [InlineData(FilePermission.Private, "600")]
    [InlineData(FilePermission.Normal, "644")]
    [InlineData(FilePermission.Executable, "700")]
    public void CreateNew_WithPermission_HasItFromTheStart(FilePermission permission, string octal)
    {
        SkipOnWindows();
        var expected = (UnixFileMode)Convert.ToInt32(octal, 8) & ~UnixModes.ReadUmask();
        using (_files.CreateNew(_folder["file"], permission))
        {
            Assert.Equal(expected, File.GetUnixFileMode(_folder["file"]));
        }

        File.SetUnixFileMode(_folder["file"], UnixFileMode.UserRead);
        _files.SetPermission(_folder["file"], permission);
        Assert.Equal(expected, File.GetUnixFileMode(_folder["file"]));
    }

    [Fact]
    public void CreateDirectory_Private_MakesEveryNewLevelPrivate()
    {
        _files.CreateDirectory(_folder["a/b/c"], FilePermission.Private);
        _files.CreateDirectory(_folder["a/b/c"], FilePermission.Private);
        Assert.True(Directory.Exists(_folder["a/b/c"]));
        SkipOnWindows();
        Assert.All(new[] { "a", "a/b", "a/b/c" }, name => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder[name])));
    }

    [Fact]
    public void CreateDirectory_WhenAFileIsThere_IsBlocked()
    {
        File.WriteAllText(_folder["file"], "x");
        AssertCode(ErrorCode.PathBlocked, () => _files.CreateDirectory(_folder["file"], FilePermission.Normal));
    }

    [Fact]
    public void FileWork_WhereAFolderStands_IsBlockedOnEverySystem()
    {
        Directory.CreateDirectory(_folder["folder/sub"]);
        File.WriteAllText(_folder["file"], "x");
        AssertCode(ErrorCode.PathBlocked, () => _files.Move(_folder["file"], _folder["folder"], overwrite: true));
        AssertCode(ErrorCode.PathBlocked, () => _files.Move(_folder["file"], _folder["folder"], overwrite: false));
        AssertCode(ErrorCode.PathBlocked, () => _files.DeleteFile(_folder["folder"]));
        AssertCode(ErrorCode.PathBlocked, () => _files.OpenAppend(_folder["folder"], FilePermission.Normal));
        AssertCode(ErrorCode.FileUnwritable, () => _files.DeleteEmptyDirectory(_folder["folder"]));
        Assert.True(File.Exists(_folder["file"]) && Directory.Exists(_folder["folder/sub"]));
    }

    [Fact]
    public void ReadOnlyFilesAndFolders_AreReplacedAndDeleted()
    {
        Directory.CreateDirectory(_folder["folder"]);
        File.WriteAllText(_folder["file"], "old");
        File.WriteAllText(_folder["gone"], "old");
        File.WriteAllText(_folder["new"], "new");
        foreach (var name in new[] { "file", "gone", "folder" })
        {
            File.SetAttributes(_folder[name], File.GetAttributes(_folder[name]) | FileAttributes.ReadOnly);
        }

        _files.Move(_folder["new"], _folder["file"], overwrite: true);
        _files.DeleteFile(_folder["gone"]);
        _files.DeleteEmptyDirectory(_folder["folder"]);
        Assert.Equal("new", File.ReadAllText(_folder["file"]));
        Assert.False(File.Exists(_folder["gone"]) || Directory.Exists(_folder["folder"]));
    }

    [Fact]
    public void HeldFile_OnWindowsAlone_IsNotReplaceable()
    {
        _files.RequireReplaceable(_folder["nothing"]);
        File.WriteAllText(_folder["file"], "x");
        using (new FileStream(_folder["file"], FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            if (OperatingSystem.IsWindows())
            {
                AssertCode(ErrorCode.FileUnwritable, () => _files.RequireReplaceable(_folder["file"]));
            }
            else
            {
                _files.RequireReplaceable(_folder["file"]);
            }
        }

        _files.RequireReplaceable(_folder["file"]);
        _files.RequireReplaceable(_folder.Path);
    }

    [Fact]
    public void Move_OverLink_ReplacesTheLinkItself()
    {
        SkipOnWindows();
        File.WriteAllText(_folder["target"], "kept");
        File.WriteAllText(_folder["new"], "new");
        File.CreateSymbolicLink(_folder["link"], _folder["target"]);
        _files.Move(_folder["new"], _folder["link"], overwrite: true);
        Assert.Equal("kept", File.ReadAllText(_folder["target"]));
        Assert.Null(new FileInfo(_folder["link"]).LinkTarget);
        AssertCode(ErrorCode.FileUnwritable, () => _files.Move(_folder["gone"], _folder["x"], overwrite: true));
    }

    [Fact]
    public void Delete_OfNothing_DoesNothingAndLinksAreNotFollowed()
    {
        _files.DeleteFile(_folder["no/such/file"]);
        _files.DeleteEmptyDirectory(_folder["none"]);
        SkipOnWindows();
        Directory.CreateDirectory(_folder["sub"]);
        File.WriteAllText(_folder["sub/file"], "kept");
        Directory.CreateSymbolicLink(_folder["link"], _folder["sub"]);
        AssertCode(ErrorCode.PathBlocked, () => _files.DeleteEmptyDirectory(_folder["link"]));
        AssertCode(ErrorCode.FileUnwritable, () => _files.DeleteEmptyDirectory(_folder["sub"]));
        _files.DeleteFile(_folder["link"]);
        Assert.Equal("kept", File.ReadAllText(_folder["sub/file"]));
    }

    [Fact]
    public void ResolveLinks_FollowsChainsAndSaysWhenTheyLeadNowhere()
    {
        SkipOnWindows();
        Directory.CreateDirectory(_folder["real/deep"]);
        Directory.CreateSymbolicLink(_folder["one"], "real/deep");
        Directory.CreateSymbolicLink(_folder["two"], "one/../deep");
        File.CreateSymbolicLink(_folder["loop"], _folder["loop"]);
        File.CreateSymbolicLink(_folder["dangling"], "gone");
        var real = _files.ResolveLinks(_folder["real/deep"]);
        Assert.Equal(real, _files.ResolveLinks(_folder["two"]));
        Assert.Equal(Path.Combine(real!, "new.toml"), _files.ResolveLinks(_folder["one/new.toml"]));
        Assert.Null(_files.ResolveLinks(_folder["loop"]));
        Assert.Null(_files.ResolveLinks(_folder["dangling"]));
        Assert.Equal(_folder["plain/b"], _files.ResolveLinks(_folder["plain/./a/../b"]));
    }

    [Fact]
    public void TryLock_WhileHeld_IsNullEvenWithinTheProcess()
    {
        var path = _folder["state/lock"];
        using (var held = FileLock.TryAcquire(_files, path))
        {
            Assert.NotNull(held);
            Assert.Null(FileLock.TryAcquire(new PhysicalFileSystem(), path));
            AssertCode(ErrorCode.Busy, () => FileLock.Acquire(_files, path));
        }

        using var again = FileLock.TryAcquire(_files, path);
        Assert.NotNull(again);
    }

    [Fact]
    public void Flushes_OnFoldersAndVolume_Work()
    {
        using (var stream = _files.CreateNew(_folder["file"], FilePermission.Normal))
        {
            stream.Write("x"u8);
            _files.FlushToDisk(stream);
        }

        _files.FlushDirectory(_folder.Path);
        Assert.Equal(OperatingSystem.IsLinux(), _files.TryFlushVolume(_folder["file"]));
        Assert.True(_files.GetFreeSpace(_folder["not/there/yet"]) > 0);
    }

    [Fact]
    public void Write_OnFullDevice_IsDiskFull()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full on this system.");
        using var stream = new GuardedStream(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0), "/dev/full", writing: true);
        AssertCode(ErrorCode.DiskFull, () => stream.Write(new byte[4096]));
    }

    [Fact]
    public void CreateNew_InReadOnlyFolder_IsUnwritable()
    {
        SkipOnWindows();
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "The superuser may write everywhere.");
        Directory.CreateDirectory(_folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        AssertCode(ErrorCode.FileUnwritable, () => _files.CreateNew(_folder["locked/file"], FilePermission.Normal));
    }

    private static void AssertCode(ErrorCode code, Action action) => Assert.Equal(code, Assert.Throws<CodexportException>(action).Code);

    private static void AssertCode(ErrorCode code, Func<object?> action) => Assert.Equal(code, Assert.Throws<CodexportException>(action).Code);

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Links and modes of Unix.");
}
