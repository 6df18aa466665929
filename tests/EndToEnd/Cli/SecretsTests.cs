using System.Globalization;
using System.Text.Json.Nodes;

namespace Codexport.Tests.Cli;

/// <summary>What must not leave, and how private what arrives is, through the program alone.</summary>
public sealed class SecretsTests : IAsyncLifetime
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly CommandLineFixture _homes = new();

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links and modes of Unix.");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _homes.DisposeAsync();

    [Fact]
    public async Task Links_ToSecrets_LeaveNeitherInTheRevisionNorInTheStore()
    {
        await _homes.StartMasterAsync();
        var key = CommandLineFixture.Read(_homes.Master, ".codexport/master/key.pem").Split('\n')[1];
        CommandLineFixture.Write(_homes.Master, ".codex/history.jsonl", "what I typed\n");
        File.CreateSymbolicLink(Path.Combine(_homes.Master, ".codex/RTK.md"), "../.codexport/master/key.pem");
        File.CreateSymbolicLink(Path.Combine(_homes.Master, ".codex/mise.toml"), "history.jsonl");
        Directory.CreateSymbolicLink(Path.Combine(_homes.Master, ".codex/rules"), Path.Combine(_homes.Master, ".codexport/master"));
        Directory.CreateSymbolicLink(Path.Combine(_homes.Master, ".codex/prompts"), Path.Combine(_homes.Master, ".codex"));
        File.Copy(Path.Combine(_homes.Master, ".codexport/master/key.pem"), Path.Combine(_homes.Master, ".codex/skills/one/notes.md"));
        var rebuild = await _homes.OnMasterAsync("master", "rebuild", "--json");
        Assert.True(rebuild.ExitCode == 0, rebuild.Output + rebuild.Error);
        var warnings = rebuild.Json["warnings"]!.AsArray().Select(item => item!.GetValue<string>()).ToList();
        Assert.All(new[] { "RTK.md", "mise.toml", "rules", "prompts", "notes.md" }, name => Assert.Contains(warnings, warning => warning.Contains(name, StringComparison.Ordinal)));
        await _homes.JoinAsync();
        Assert.Empty(CommandLineFixture.FilesHolding(_homes.Follower, key));
        Assert.Empty(CommandLineFixture.FilesHolding(_homes.Follower, "what I typed"));
        Assert.Empty(CommandLineFixture.FilesHolding(Path.Combine(_homes.Master, ".codexport/objects"), key));
    }

    [Fact]
    public async Task LinkOutOfTheHome_IsNamedWithTheLineToWrite_AndLeavesOnceItIsWritten()
    {
        CommandLineFixture.Write(_homes.Master, "dotfiles/RTK.md", "from the dotfiles\n");
        File.CreateSymbolicLink(Path.Combine(_homes.Master, ".codex/RTK.md"), Path.Combine(_homes.Master, "dotfiles/RTK.md"));
        await _homes.StartMasterAsync();
        var unlisted = await _homes.OnMasterAsync("master", "rebuild", "--json");
        Assert.Contains("roots = [\"~/dotfiles\"]", Assert.Single(unlisted.Json["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        await File.AppendAllTextAsync(
            Path.Combine(_homes.Master, ".codexport/local.toml"), "\n[export]\nroots = [\"~/dotfiles\"]\n", TestContext.Current.CancellationToken);
        await _homes.RebuildAsync();
        await _homes.JoinAsync();
        Assert.Equal("from the dotfiles\n", CommandLineFixture.Read(_homes.Follower, ".codex/RTK.md"));
    }

    [Fact]
    public async Task WhatArrives_IsForItsOwnUserAlone()
    {
        foreach (var path in new[] { "mise.toml", "hooks/run.sh", "agents/a.toml", "rules/default.rules" })
        {
            CommandLineFixture.Write(_homes.Master, ".codex/" + path, path.EndsWith(".toml", StringComparison.Ordinal) ? "a = 1\n" : "#!/bin/sh\n");
            File.SetUnixFileMode(Path.Combine(_homes.Master, ".codex", path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await _homes.StartMasterAsync();
        await _homes.JoinAsync();
        var arrived = new DirectoryInfo(Path.Combine(_homes.Follower, ".codex")).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();
        Assert.True(arrived.Count > 8);
        Assert.All(arrived, entry => Assert.True((entry.UnixFileMode & Others) == 0, $"{entry.FullName}: {entry.UnixFileMode}"));
        Assert.True(File.GetUnixFileMode(Path.Combine(_homes.Follower, ".codex/hooks/run.sh")).HasFlag(UnixFileMode.UserExecute));
    }

    [Theory]
    [InlineData(".codexport")]
    [InlineData(".codexport/state")]
    [InlineData(".codexport/local.toml")]
    [InlineData(".codexport/state/enrollment.json")]
    public async Task LooseState_IsRefusedByEveryCommand_UntilTheCommandOfTheRemedyWasRun(string path)
    {
        await _homes.StartMasterAsync();
        await _homes.JoinAsync();
        var full = Path.Combine(_homes.Follower, path);
        File.SetUnixFileMode(full, File.GetUnixFileMode(full) | UnixFileMode.OtherWrite);
        foreach (var command in new[] { new[] { "sync" }, ["sync", "--apply"], ["status"], ["diff"], ["follower", "leave"] })
        {
            var refused = await _homes.OnFollowerAsync([.. command, "--json"]);
            Assert.True(refused.ExitCode == 1 && refused.ErrorCode == "StateUnsafe", refused.Output + refused.Error);
            Assert.Contains($"chmod go= \"{full}\"", (string)refused.Json["error"]!["remedy"]!, StringComparison.Ordinal);
        }

        File.SetUnixFileMode(full, File.GetUnixFileMode(full) & ~Others);
        var sync = await _homes.OnFollowerAsync("sync", "--apply", "--json");
        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
    }

    [Fact]
    public async Task OpenKeyAndPassphraseFile_AreRefused()
    {
        await _homes.StartMasterAsync();
        var passphrase = Path.Combine(_homes.Master, "passphrase");
        await File.WriteAllTextAsync(passphrase, "correct horse battery staple\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var export = await _homes.OnMasterAsync("master", "identity", "export", Path.Combine(_homes.Master, "out"), "--passphrase-file", passphrase, "--json");
        Assert.Equal("StateUnsafe", export.ErrorCode);
        var key = Path.Combine(_homes.Master, ".codexport/master/key.pem");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        CommandLineFixture.Write(_homes.Master, ".codex/AGENTS.md", "# Changed\n");
        var rebuild = await _homes.OnMasterAsync("master", "rebuild", "--json");
        Assert.Equal("StateUnsafe", rebuild.ErrorCode);
        Assert.Contains($"chmod go= \"{key}\"", (string)rebuild.Json["error"]!["remedy"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("pipe with CRLF and more")]
    [InlineData("file")]
    public async Task Join_TakesTheLinkFromWhereOthersDoNotSeeIt(string way)
    {
        await _homes.StartMasterAsync();
        var link = await _homes.LinkAsync();
        if (way == "file")
        {
            CommandLineFixture.Write(_homes.Follower, "link", link + "\n");
            var run = await _homes.OnFollowerAsync("follower", "join", "--link-file", Path.Combine(_homes.Follower, "link"), "--apply", "--json");
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            var both = await _homes.OnFollowerAsync("follower", "join", link, "--link-file", Path.Combine(_homes.Follower, "link"), "--json");
            Assert.Equal(2, both.ExitCode);
            return;
        }

        using var process = ProgramRun.Start(Repository.Program, "follower", "join", "-", "--apply", "--json", "--home", _homes.Follower);
        await process.StandardInput.WriteAsync(way == "pipe" ? link : $"{link}\r\nmore\r\n");
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        Assert.Equal("applied", (string)JsonNode.Parse(output)!["status"]!);
    }

    [Fact]
    public async Task NamesWithEscapesAndLineBreaks_ReachNoOutputAsTheyAre()
    {
        const string Forged = "x\n2026-01-01T00:00:00Z approved: attacker\u001b[2J\u202e";
        File.CreateSymbolicLink(Path.Combine(_homes.Master, ".codex/skills", Forged), "nowhere");
        await _homes.StartMasterAsync();
        foreach (var command in new[] { new[] { "master", "rebuild" }, ["master", "followers", "approve", Forged], ["backup", "restore", Forged] })
        {
            var run = await _homes.OnMasterAsync(command);
            var shown = run.Output + run.Error;
            Assert.NotEmpty(shown);
            Assert.True(shown.All(character => character == '\n' || !char.IsControl(character)), string.Create(CultureInfo.InvariantCulture, $"{command[1]}: {shown}"));
            Assert.DoesNotContain('\u202e', shown);
            Assert.DoesNotContain(shown.Split('\n'), line => line.StartsWith("2026-01-01", StringComparison.Ordinal));
        }
    }
}
