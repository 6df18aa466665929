using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Tests.Follower.Composing;
using Codexport.Tests.Master;

namespace Codexport.Tests.Codex;

/// <summary>The second place that Codex reads travels as the Codex home does.</summary>
public sealed class AgentsHomeTests : IDisposable
{
    private const string Skill = "~/.agents/skills/a/SKILL.md";

    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Sync_WritesBelowTheUsersHome_BacksUpAndDeletes()
    {
        await _rig.Master(Skill, "one").Master("~/.agents/plugins/marketplace.json", "{}").Master("skills/a/SKILL.md", "other").Sync();
        Assert.Equal("one", Read(Skill));
        Assert.Equal("{}", Read("~/.agents/plugins/marketplace.json"));
        Assert.Equal("other", _rig["skills/a/SKILL.md"]);
        await _rig.AssertSettled();

        await _rig.Master(Skill, "two").Sync();
        var backups = new BackupStore(_rig.Context);
        var restore = backups.PlanRestore(backups.List()[0].Name, AppliedStateCodec.FilePath(_rig.Context.Home), PlannedChanges.Of);
        await backups.RestoreAsync(restore, TestContext.Current.CancellationToken);
        Assert.Equal("one", Read(Skill));

        File.WriteAllText(Path.Combine(_rig.Context.Home.AgentsFolder, "mine"), "mine");
        await _rig.Master(Skill, null).Master("~/.agents/plugins/marketplace.json", null).Sync();
        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(_rig.Context.Home.AgentsFolder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Sync_WhenASkillOfThatNameIsThere_AsksAndNamesThePlace()
    {
        Write(Skill, "mine");
        Assert.Equal(ErrorCode.AdoptionRequired, (await _rig.Master(Skill, "one").Refused()).Code);
        await _rig.Sync(adopt: true);
        Write("~/.agents/skills/b/SKILL.md", "mine");
        var error = await _rig.Master("~/.agents/skills/b/SKILL.md", "one").Refused();
        Assert.Equal(ErrorCode.NameConflict, error.Code);
        Assert.Contains("~/.agents/skills/b", error.Message, StringComparison.Ordinal);

        _rig.Settings = new LocalSettings { AllowSkillOverrides = ["~/.agents/skills/b"] };
        var composed = await _rig.Sync();
        Assert.Equal("mine", Read("~/.agents/skills/b/SKILL.md"));
        Assert.Contains(composed.Changes, change => change is { Path: "~/.agents/skills/b", Reason: ChangeReason.KeptLocal });
    }

    [Fact]
    public async Task Sync_FollowsALinkAtThePlaceItselfAndNoneBelow()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links takes rights there.");
        var (real, elsewhere) = (Directory.CreateDirectory(_rig.Absolute("../real")).FullName, Directory.CreateDirectory(_rig.Absolute("../elsewhere")).FullName);
        Directory.CreateSymbolicLink(_rig.Context.Home.AgentsFolder, real);
        await _rig.Master(Skill, "one").Sync();
        Assert.Equal("one", File.ReadAllText(Path.Combine(real, "skills", "a", "SKILL.md")));

        Directory.Delete(Path.Combine(real, "skills"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(real, "skills"), elsewhere);
        Assert.Equal(ErrorCode.PathBlocked, (await _rig.Master(Skill, "two").Refused()).Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Theory]
    [InlineData(Skill, true)]
    [InlineData("~/.agents/plugins/marketplace.json", true)]
    [InlineData("~/.agents/plugins/other.json", false)]
    [InlineData("~/.agents/skills", false)]
    [InlineData("~/.agents/skillsx/a", false)]
    [InlineData("~/.agents/skills/a/.git/config", false)]
    [InlineData("~/.ssh/authorized_keys", false)]
    [InlineData("~/x", false)]
    [InlineData("~", false)]
    public void ReceivablePaths_LetInWhatTravelsAlone(string path, bool expected)
    {
        var paths = new ReceivablePaths(PathRules.Unix, IsCaseSensitive: true, 1024);
        var error = Record.Exception(() => paths.Require(new RevisionDocument([new RevisionFile(path, false, 0, Sha256Hash.Of([]))])));
        Assert.Equal(expected, error is null);
    }

    [Theory]
    [InlineData(Skill, 2, true)]
    [InlineData("AGENTS.md", 1, true)]
    [InlineData(Skill, 1, false)]
    [InlineData("AGENTS.md", 2, false)]
    [InlineData(Skill, 3, false)]
    public void Document_HasExactlyTheFormatThatItNeeds(string path, int format, bool expected)
    {
        var written = Encoding.UTF8.GetString(RevisionCodec.Write(new RevisionDocument([new RevisionFile(path, false, 0, Sha256Hash.Of([]))])));
        var text = System.Text.RegularExpressions.Regex.Replace(written, "\"format\":\\d", $"\"format\":{format}");
        Assert.Equal(expected, Record.Exception(() => RevisionCodec.Read(Encoding.UTF8.GetBytes(text))) is null);
        Assert.Equal(expected, text == written);
    }

    [Fact]
    public async Task Rebuild_ExportsItOnANewMaster()
    {
        using var home = new MasterHome();
        WriteAt(home.Context.Home.Locate(Skill), "one");
        WriteAt(home.Context.Home.Locate("~/.agents/plugins/marketplace.json"), "{}");
        WriteAt(home.Context.Home.Locate("~/.agents/other"), "{}");
        WriteAt(home.Context.Home.Locate("~/.agents/skills/a/.git/config"), "{}");
        var built = await home.InitializeAsync();
        Assert.Equal("one", home.PublishedText(built.Revision, Skill));
        Assert.Equal(2, built.Files);

        WriteAt(home.Context.Home.Locate(Skill), "second");
        var again = await home.RebuildAsync();
        Assert.Equal([Skill], again.Changed);
    }

    [Fact]
    public async Task Rebuild_OnAMasterThatWasThereBefore_AsksAndHeedsTheAnswer()
    {
        using var home = new MasterHome();
        WriteAt(home.Context.Home.Locate(Skill), "one");
        home.Write("AGENTS.md", "x");
        await home.InitializeAsync();
        var settings = await File.ReadAllTextAsync(home.Context.Home.SettingsFile, TestContext.Current.CancellationToken);
        WriteAt(home.Context.Home.SettingsFile, settings.Replace("\nexportAgents = true", "", StringComparison.Ordinal));

        var asked = await home.RebuildAsync(acceptDeletions: true);
        WriteAt(home.Context.Home.SettingsFile, "exportAgents = false\n" + settings.Replace("\nexportAgents = true", "", StringComparison.Ordinal));
        var refused = await home.RebuildAsync();

        Assert.Contains(asked.Warnings, warning => warning.Contains("exportAgents", StringComparison.Ordinal));
        Assert.Equal([Skill], asked.Removed);
        Assert.Empty(refused.Warnings);
        Assert.Equal(1, refused.Files);
    }

    private string Read(string path) => File.ReadAllText(_rig.Context.Home.Locate(path));

    private void Write(string path, string content) => WriteAt(_rig.Context.Home.Locate(path), content);

    private static void WriteAt(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
