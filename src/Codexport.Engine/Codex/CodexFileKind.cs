namespace Codexport.Engine.Codex;

/// <summary>
/// What a portable file is to Codex. Whatever differs by kind (how it travels, is merged, written, backed up) is a line of
/// <see cref="CodexFileKinds"/> or a switch over this: a new kind begins here, and the compiler and a test name the rest.
/// </summary>
public enum CodexFileKind
{
    /// <summary>A file that travels byte for byte and is replaced as a whole: skills, prompts and everything else.</summary>
    Plain,

    /// <summary>A file for people's instructions that Codex itself reads through a link: <c>AGENTS.md</c>.</summary>
    Instructions,

    /// <summary><c>config.toml</c>, merged key by key.</summary>
    Configuration,

    /// <summary>A profile beside it, <c>NAME.config.toml</c>, merged as <c>config.toml</c> is.</summary>
    Profile,

    /// <summary><c>hooks.json</c>, merged handler by handler.</summary>
    Hooks,

    /// <summary>Rules about commands, <c>rules/NAME.rules</c>, merged rule by rule: Codex appends to them what a person allows.</summary>
    Rules,

    /// <summary>A custom agent, a TOML file at any depth below <c>agents/</c>: replaced as a whole, paths in it adapted.</summary>
    Agent,

    /// <summary>A login or token.</summary>
    Credential,
}

/// <summary>What holds for each kind of file.</summary>
internal static class CodexFileKinds
{
    private static readonly Facts[] Table = Build();

    /// <summary>Whether it is read as Codex's configuration: <c>config.toml</c> or a profile.</summary>
    public static bool IsConfiguration(this CodexFileKind kind) => kind is CodexFileKind.Configuration or CodexFileKind.Profile;

    /// <summary>Whether the follower merges it with what is local; others are replaced as a whole.</summary>
    public static bool IsMerged(this CodexFileKind kind) => Of(kind).IsMerged;

    /// <summary>Whether absolute paths in it are exchanged for variables on the way.</summary>
    public static bool HasPortablePaths(this CodexFileKind kind) => Of(kind).HasPortablePaths;

    /// <summary>Whether it is written 0600: a login, or configuration, which may hold secrets in <c>env</c>.</summary>
    public static bool IsPrivate(this CodexFileKind kind) => Of(kind).IsPrivate;

    /// <summary>Whether the person's own link at its place is followed when it is written, as Codex follows it when reading.</summary>
    public static bool FollowsLink(this CodexFileKind kind) => Of(kind).FollowsLink;

    /// <summary>Whether Codex can say of the file that it is broken.</summary>
    public static bool IsJudged(this CodexFileKind kind) => Of(kind).IsJudged;

    private static Facts Of(CodexFileKind kind) => Table[(int)kind];

    private static Facts[] Build()
    {
        var kinds = Enum.GetValues<CodexFileKind>();
        var table = new Facts[kinds.Length];
        foreach (var kind in kinds)
        {
            table[(int)kind] = kind switch
            {
                CodexFileKind.Plain => new Facts(),
                CodexFileKind.Instructions => new Facts(FollowsLink: true),
                CodexFileKind.Configuration or CodexFileKind.Profile
                    => new Facts(IsMerged: true, HasPortablePaths: true, IsPrivate: true, FollowsLink: true, IsJudged: true),
                CodexFileKind.Hooks => new Facts(IsMerged: true, HasPortablePaths: true, FollowsLink: true, IsJudged: true),
                CodexFileKind.Rules => new Facts(IsMerged: true, IsJudged: true),
                CodexFileKind.Agent => new Facts(HasPortablePaths: true, IsJudged: true),
                CodexFileKind.Credential => new Facts(IsPrivate: true),
                _ => throw new InvalidOperationException($"Nothing is said of files of the kind '{kind}'."),
            };
        }

        return table;
    }

    private readonly record struct Facts(
        bool IsMerged = false, bool HasPortablePaths = false, bool IsPrivate = false, bool FollowsLink = false,
        bool IsJudged = false);
}
