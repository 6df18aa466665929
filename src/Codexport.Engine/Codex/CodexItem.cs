using Codexport.Engine.Results;

namespace Codexport.Engine.Codex;

/// <summary>What becomes of something in a Codex home.</summary>
public enum CodexItemKind
{
    /// <summary>It is part of the person's setup and travels.</summary>
    Portable,

    /// <summary>A login or a token: it travels under rules of its own, is written 0600, and is never kept in a backup.</summary>
    Credential,

    /// <summary>State of one machine: it never leaves, whatever the settings include.</summary>
    MachineLocal,

    /// <summary>As <see cref="MachineLocal"/>, and secret: no link may lead to it either.</summary>
    MachineSecret,

    /// <summary>A name that never leaves at any depth.</summary>
    NeverAnywhere,

    /// <summary>A name that is left out at any depth because nobody wants it elsewhere; it would do no harm there.</summary>
    LeftOut,
}

/// <summary>One row of the table of what lies in a Codex home.</summary>
/// <param name="Name">Its name right below the Codex home, a folder with a <c>/</c> at the end; a <c>*</c> stands for any text.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="About">What it is, for the documentation.</param>
public sealed record CodexItem(string Name, CodexItemKind Kind, string About)
{
    /// <summary>Which part of the setup it belongs to, so that a machine can choose; null for what does not travel.</summary>
    public SetupCategory? Category { get; init; }

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => Name.EndsWith('/');

    /// <summary>The name without the mark of a folder.</summary>
    public string PlainName => Name.TrimEnd('/');
}
