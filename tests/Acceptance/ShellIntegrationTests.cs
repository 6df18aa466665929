using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;
using Codexport.Engine.Shells;

namespace Codexport.Tests.Acceptance;

public sealed class ShellIntegrationTests : IDisposable
{
    private readonly CodexHome _home = new();

    private string Bin => Path.Combine(_home.Root, "bin dir");

    private string Log => Path.Combine(_home.Root, "log");

    [Theory]
    [InlineData("")]
    [InlineData("export A=1\n")]
    [InlineData("export A=1")]
    [InlineData("# a\r\n$x = 1\r\n")]
    [InlineData("# a\r\n$x = 1")]
    public void Uninstall_AfterInstall_LeavesTheFileByteForByte(string before)
    {
        var path = Path.Combine(_home.User, ".bashrc");
        var shells = new ShellOperations(_home.Context) { Program = "/opt/codexport" };
        if (before.Length > 0)
        {
            File.WriteAllText(path, before);
        }

        var installed = shells.Install(ShellKind.Bash);
        var text = File.ReadAllText(path);
        var again = shells.Install(ShellKind.Bash);
        var same = File.ReadAllText(path);
        var removed = shells.Uninstall(ShellKind.Bash);

        Assert.True(installed is { Changed: true, Installed: true, Current: true });
        Assert.StartsWith(before, text, StringComparison.Ordinal);
        Assert.False(again.Changed);
        Assert.Equal(text, same);
        Assert.True(removed is { Changed: true, Installed: false });
        Assert.Equal(before, File.Exists(path) ? File.ReadAllText(path) : "");
    }

    [Fact]
    public void Install_WhenTheBlockIsOld_RenewsItInPlace()
    {
        var path = Path.Combine(_home.User, ".zshrc");
        File.WriteAllText(path, "a=1\n# >>> codexport >>>\nold\n# <<< codexport <<<\nb=2\n");
        var shells = new ShellOperations(_home.Context) { Program = "/opt/codexport" };

        Assert.False(shells.GetStatus().Single(item => item.Shell == ShellKind.Zsh).Current);
        shells.Install(ShellKind.Zsh);

        var text = File.ReadAllText(path);
        Assert.DoesNotContain("old", text, StringComparison.Ordinal);
        Assert.StartsWith("a=1\nb=2\n", text, StringComparison.Ordinal);
        Assert.True(shells.GetStatus().Single(item => item.Shell == ShellKind.Zsh).Current);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bash_WithTheBlock_SyncsThenRunsCodexWithTheSameArguments(bool withCodexport)
    {
        var bash = Require("bash");
        Prepare(withCodexport);
        new ShellOperations(_home.Context) { Program = Path.Combine(Bin, "codexport") }.Install(ShellKind.Bash);

        var outcome = await RunAsync(bash, "-c", $". '{_home.User}/.bashrc'; alias codex='codex --wrong'; codex 'a b' \"it's\" '\"q\"' -- --x '' '$HOME' <<<input; echo code=$?");

        Assert.Contains("code=7", outcome.Output, StringComparison.Ordinal);
        AssertLog(withCodexport, "input");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pwsh_WithTheBlock_SyncsThenRunsCodexWithTheSameArguments(bool withCodexport)
    {
        var pwsh = Require("pwsh");
        Prepare(withCodexport);
        var shells = new ShellOperations(_home.Context) { Program = Path.Combine(Bin, "codexport"), PwshProfile = Path.Combine(_home.User, "profile.ps1") };
        shells.Install(ShellKind.Pwsh);

        var outcome = await RunAsync(
            pwsh, "-NoProfile", "-NonInteractive", "-Command",
            $". '{_home.User}/profile.ps1'; 'input' | codex 'a b' \"it's\" '\"q\"' -- --x '' '$HOME'; \"code=$LASTEXITCODE\"");

        Assert.Contains("code=7", outcome.Output, StringComparison.Ordinal);
        AssertLog(withCodexport, "input");
    }

    public void Dispose() => _home.Dispose();

    private string Require(string program)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins for the programs are shell scripts.");
        var path = ProgramFinder.Find(_home.Context.Files, Environment.GetEnvironmentVariable, program);
        Assert.SkipWhen(path is null, $"There is no '{program}' on this machine.");
        return path!;
    }

    private void Prepare(bool withCodexport)
    {
        Directory.CreateDirectory(Bin);
        Script("codex", $"printf '%s\\n' codex \"$@\" \"stdin=$(cat)\" >>'{Log}'; exit 7");
        if (withCodexport)
        {
            Script("codexport", $"printf '%s\\n' codexport \"$@\" \"stdin=$(cat)\" >>'{Log}'; exit 3");
        }
    }

    private void Script(string name, string body)
    {
        var path = Path.Combine(Bin, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private Task<ProcessOutcome> RunAsync(string program, params string[] arguments) => ProcessLauncher.Default.RunAsync(
        new ProcessRequest(program, arguments)
        {
            Environment = new Dictionary<string, string?> { ["HOME"] = _home.User, ["PATH"] = $"{Bin}:{Environment.GetEnvironmentVariable("PATH")}" },
        },
        TestContext.Current.CancellationToken);

    private void AssertLog(bool withCodexport, string input)
    {
        string[] sync = ["codexport", "sync", "--apply", "--quick", "--plain", "stdin="];
        string[] codex = ["codex", "a b", "it's", "\"q\"", "--", "--x", "", "$HOME", $"stdin={input}"];
        Assert.Equal(withCodexport ? [.. sync, .. codex] : codex, File.ReadAllLines(Log));
    }
}
