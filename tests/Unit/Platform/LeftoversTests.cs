using System.Diagnostics;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

public sealed class LeftoversTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ended", 0, true)]
    [InlineData("ended", 60, true)]
    [InlineData("running", 0, false)]
    [InlineData("running", 60, true)]
    [InlineData("own", 60, false)]
    [InlineData("unnamed", 0, false)]
    [InlineData("unnamed", 60, true)]
    [InlineData("transaction", 60, true)]
    [InlineData("somebody's", 60, false)]
    public void Sweep_OfAFile_DeletesItWhenNobodyWritesIt(string whose, int minutesOld, bool isSwept)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The parent process is looked up where Linux and macOS keep it.");
        using var running = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        var name = whose switch
        {
            "ended" => ".codexport-p2147483000-0123456789abcdef.tmp",
            "running" => $".codexport-p{running.Id}-0123456789abcdef.tmp",
            "own" => $".codexport-p{Environment.ProcessId}-0123456789abcdef.tmp",
            "unnamed" => ".codexport-0123456789abcdef.tmp",
            "transaction" => ".codexport-01234567-3.tmp",
            _ => "notes.tmp",
        };
        var file = _folder[name];
        File.WriteAllText(file, "half a key");
        var context = new EngineContext(new CodexportHome(_folder.Path, _folder[".codex"]), new PhysicalFileSystem(), new Later(minutesOld));
        Leftovers.Sweep(context, [_folder.Path, _folder["not there"]], isRecovering: false);
        running.Kill();
        Assert.Equal(!isSwept, File.Exists(file));
    }

    [Fact]
    public void Sweep_WhileAnApplyIsToBeFinished_LeavesWhatItNeeds()
    {
        File.WriteAllText(_folder[".codexport-01234567-3.tmp"], "waits");
        var context = new EngineContext(new CodexportHome(_folder.Path, _folder[".codex"]), new PhysicalFileSystem(), new Later(600));
        Leftovers.Sweep(context, [_folder.Path], isRecovering: true);
        Assert.True(File.Exists(_folder[".codexport-01234567-3.tmp"]));
    }

    [Fact]
    public void TemporaryName_TellsItsProcess()
        => Assert.Equal(Environment.ProcessId, AtomicFile.WriterOf(Path.GetFileName(AtomicFile.TemporaryPathFor(_folder["file"]))));

    private sealed class Later(int minutes) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMinutes(minutes);
    }
}
