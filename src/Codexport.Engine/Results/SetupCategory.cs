namespace Codexport.Engine.Results;

/// <summary>A part of a setup that a machine can choose or leave out.</summary>
public enum SetupCategory
{
    /// <summary>Configuration and what belongs to it, without the parts that have a category of their own.</summary>
    Config,

    /// <summary>Instructions to the model.</summary>
    Instructions,

    /// <summary>Skills.</summary>
    Skills,

    /// <summary>Custom agents.</summary>
    Agents,

    /// <summary>Prompts.</summary>
    Prompts,

    /// <summary>Rules about which commands may run.</summary>
    Rules,

    /// <summary>Hooks and what they run.</summary>
    Hooks,

    /// <summary>Plugins and the places that they come from.</summary>
    Plugins,

    /// <summary>MCP servers.</summary>
    Mcp,

    /// <summary>Logins and tokens.</summary>
    Credentials,
}
