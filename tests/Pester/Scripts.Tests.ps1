param([string] $ModulePath, [string] $ProgramPath)

BeforeDiscovery {
    $module = (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).Directory.FullName
    $published = @(Get-ChildItem $module -Recurse -Include *.ps1, *.psm1)
    $scripts = $published + @(Get-ChildItem $PSScriptRoot -Filter *.ps1)
    $data = Get-ChildItem $module -Recurse -Include *.psd1
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force

    # PowerShell's own parser, which also resolves what 'using' and '#requires' name.
    function Read-Script([string] $Path) {
        $errors = $null
        $script = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $errors)
        $errors | ForEach-Object { "line $($_.Extent.StartLineNumber): $($_.Message)" } | Should -BeNullOrEmpty
        $script
    }

    function Find-Ast($Script, [type] $Type) { $Script.FindAll({ $args[0] -is $Type }.GetNewClosure(), $true) }

    function Get-Place($Ast) { "line $($Ast.Extent.StartLineNumber): $($Ast.Extent.Text)" }
}

Describe 'the script <_.Name>' -ForEach $scripts {
    BeforeAll { $script = Read-Script $_.FullName }

    It 'calls commands by their whole names' {
        # Aliases differ from machine to machine. A function of the script itself may have any name.
        $commands = Find-Ast $script ([System.Management.Automation.Language.CommandAst])
        $commands | Where-Object { $_.GetCommandName() -and (Get-Alias -Name $_.GetCommandName().Replace('?', '`?') -ErrorAction Ignore) } |
            ForEach-Object { Get-Place $_ } | Should -BeNullOrEmpty
    }

    It 'runs no text as a command, and prints past no stream' {
        $commands = Find-Ast $script ([System.Management.Automation.Language.CommandAst])
        $commands | Where-Object { $_.GetCommandName() -in 'Invoke-Expression', 'Write-Host' } | ForEach-Object { Get-Place $_ } | Should -BeNullOrEmpty
    }

    It 'swallows no error' {
        $catches = Find-Ast $script ([System.Management.Automation.Language.CatchClauseAst])
        $catches | Where-Object { $_.Body.Statements.Count -eq 0 } | ForEach-Object { Get-Place $_ } | Should -BeNullOrEmpty
    }

    It 'compares with $null on the left' {
        # $list -eq $null filters the list in place of comparing it.
        $comparisons = Find-Ast $script ([System.Management.Automation.Language.BinaryExpressionAst])
        $comparisons | Where-Object { $_.Operator -in 'Ieq', 'Ine' -and $_.Right.Extent.Text -eq '$null' } | ForEach-Object { Get-Place $_ } | Should -BeNullOrEmpty
    }

    It 'leaves no variable behind in the session' {
        $variables = Find-Ast $script ([System.Management.Automation.Language.VariableExpressionAst])
        $variables | Where-Object { $_.VariablePath.IsGlobal } | ForEach-Object { Get-Place $_ } | Should -BeNullOrEmpty
    }
}

# Those that are published; a test also calls a cmdlet as it must not be called.
Describe 'the published script <_.Name>' -ForEach $published {
    It 'passes the module''s cmdlets only parameters that they have' {
        $commands = Find-Ast (Read-Script $_.FullName) ([System.Management.Automation.Language.CommandAst]) | Where-Object { $_.GetCommandName() -like '*-Codexport*' }
        $commands | Should -Not -BeNullOrEmpty
        $commands | ForEach-Object { Get-BindingError $_ } | Should -BeNullOrEmpty
    }
}

Describe 'the data file <_.Name>' -ForEach $data {
    It 'is data alone' {
        [void] (Read-Script $_.FullName)
        Import-PowerShellDataFile -LiteralPath $_.FullName | Should -BeOfType [hashtable]
    }
}
