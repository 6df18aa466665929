using Codexport.Engine.Codex;

namespace Codexport.Tests.Codex;

public sealed class CodexLayoutTests
{
    [Theory]
    [InlineData("config.toml", false, "config.toml")]
    [InlineData("work.config.toml", false, "work.config.toml")]
    [InlineData(".config.toml", false, null)]
    [InlineData("hooks.json", false, "hooks.json")]
    [InlineData("auth.json", false, "auth.json")]
    [InlineData("skills", true, "skills")]
    [InlineData("skills", false, null)]
    [InlineData("sessions", true, null)]
    [InlineData("agents.md", false, null)]
    public void PortableItem_KnowsTheItems(string name, bool isFolder, string? expected)
        => Assert.Equal(expected, CodexLayout.PortableItem(name, isFolder, ignoreCase: false));

    [Fact]
    public void PortableItem_WhenCaseDoesNotCount_GivesCodexSpelling() => Assert.Equal("AGENTS.md", CodexLayout.PortableItem("agents.MD", false, true));

    [Theory]
    [InlineData("skills/a/.git/config", true)]
    [InlineData("skills/a/.gitignore", false)]
    [InlineData("skills/.system/x", true)]
    [InlineData("skills/a/.system/x", false)]
    [InlineData("skills/a/node_modules/x", true)]
    [InlineData("skills/a/.env", true)]
    [InlineData("skills/a/.env.local", true)]
    [InlineData("skills/a/.env.example", false)]
    [InlineData("skills/a/x.sqlite-wal", true)]
    [InlineData("skills/a/x.sqlite.md", false)]
    [InlineData("AGENTS.override.md", true)]
    [InlineData("sessions/2026/x", true)]
    [InlineData("skills/sessions/x", false)]
    [InlineData("prompts/.codexport-00.tmp", true)]
    [InlineData("skills/a/SKILL.md", false)]
    public void IsNeverExported_KnowsWhatStays(string path, bool expected)
    {
        Assert.Equal(expected, CodexLayout.IsNeverExported(path));
        var slash = path.LastIndexOf('/');
        var folder = slash < 0 ? string.Empty : path[..slash];
        var byName = CodexLayout.IsNeverExported(folder) || CodexLayout.IsNeverExportedBelow(folder, path.AsSpan(slash + 1));
        Assert.Equal(expected, byName);
    }

    [Theory]
    [InlineData("auth.json", true)]
    [InlineData(".credentials.json", true)]
    [InlineData("multi-auth/a.json", true)]
    [InlineData("skills/auth.json", false)]
    public void IsCredential_KnowsLogins(string path, bool expected) => Assert.Equal(expected, CodexLayout.IsCredential(path));

    [Theory]
    [InlineData("skills/a/venv")]
    [InlineData("skills/a/SKILL.md~")]
    [InlineData("skills/a/.SKILL.md.swp")]
    public void LeftOut_IsNotSentButTakenFromAnOlderMaster(string path)
    {
        var slash = path.LastIndexOf('/');
        Assert.True(CodexLayout.IsNeverExportedBelow(path[..slash], path.AsSpan(slash + 1)));
        Assert.False(CodexLayout.IsNeverExported(path));
    }

    [Theory]
    [InlineData("config.toml", CodexFileKind.Configuration)]
    [InlineData("work.config.toml", CodexFileKind.Profile)]
    [InlineData(".config.toml", CodexFileKind.Plain)]
    [InlineData("skills/a/config.toml", CodexFileKind.Plain)]
    [InlineData("hooks.json", CodexFileKind.Hooks)]
    [InlineData("hooks/run.sh", CodexFileKind.Plain)]
    [InlineData("AGENTS.md", CodexFileKind.Instructions)]
    [InlineData("skills/a/AGENTS.md", CodexFileKind.Plain)]
    [InlineData("agents/reviewer.toml", CodexFileKind.Agent)]
    [InlineData("agents/deep/b.toml", CodexFileKind.Agent)]
    [InlineData("agent/b.toml", CodexFileKind.Plain)]
    [InlineData("rules/default.rules", CodexFileKind.Rules)]
    [InlineData("rules/notes.md", CodexFileKind.Plain)]
    [InlineData("agents/notes.md", CodexFileKind.Plain)]
    [InlineData("auth.json", CodexFileKind.Credential)]
    [InlineData("multi-auth/work/auth.json", CodexFileKind.Credential)]
    [InlineData("skills/a/auth.json", CodexFileKind.Plain)]
    public void KindOf_TellsEachKind(string path, CodexFileKind expected) => Assert.Equal(expected, CodexLayout.KindOf(path));

    [Fact]
    public void EachKind_IsSaidHowItTravelsAndIsWritten()
    {
        // Reading a fact builds the table, which fails for a kind that it says nothing of.
        Assert.All(Enum.GetValues<CodexFileKind>(), kind => Assert.True(
            kind.HasPortablePaths() || !kind.IsMerged() || kind == CodexFileKind.Rules, $"{kind} is merged with other machines' paths in it."));
        Assert.True(CodexFileKind.Credential.IsPrivate());
        Assert.True(CodexFileKind.Configuration.IsPrivate());
        Assert.False(CodexFileKind.Plain.FollowsLink());
        Assert.Equal(
            [CodexFileKind.Instructions, CodexFileKind.Configuration, CodexFileKind.Profile, CodexFileKind.Hooks],
            Enum.GetValues<CodexFileKind>().Where(kind => kind.FollowsLink()));
    }
}
