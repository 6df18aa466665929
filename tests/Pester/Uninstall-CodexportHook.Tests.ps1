param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestHookHome (Join-Path $TestDrive 'hook user')
    $codex = Join-Path $user '.codex'
    $original = Get-Content -Raw "$codex/hooks.json", "$codex/config.toml"
    Install-CodexportHook -HomePath $user -WarningAction Ignore
}

Describe 'Uninstall-CodexportHook' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Uninstall-CodexportHook -HomePath $user -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'leaves both files as they were, in silence' {
        Uninstall-CodexportHook -HomePath $user | Should -BeNullOrEmpty
        Get-Content -Raw "$codex/hooks.json", "$codex/config.toml" | Should -Be $original
        (Get-CodexportHook -HomePath $user).Installed | Should -BeFalse
    }

    It 'says whether anything changed' {
        Install-CodexportHook -HomePath $user -WarningAction Ignore
        (Uninstall-CodexportHook -HomePath $user -PassThru).Changed | Should -BeTrue
        (Uninstall-CodexportHook -HomePath $user -PassThru).Changed | Should -BeFalse
    }

    It 'writes what the program prints' {
        $result = Uninstall-CodexportHook -HomePath $user -PassThru
        Assert-SameJson $result (Get-ProgramJson $ProgramPath $user 'hook', 'uninstall')
    }

    It 'has a table and a list' {
        Assert-View (Uninstall-CodexportHook -HomePath $user -PassThru) 'Codexport.Engine.Results.HookChangeResult'
    }

    It 'refuses hooks that cannot be read, and leaves them' {
        $broken = New-TestHome (Join-Path $TestDrive 'broken')
        Install-CodexportHook -HomePath $broken -WarningAction Ignore
        Set-Content $broken/.codex/hooks.json '{"hooks":'
        $record = Get-ErrorOf { Uninstall-CodexportHook -HomePath $broken }
        Assert-Error $record 'Uninstall-CodexportHook' 'JsonInvalid' 'InvalidData' $record.TargetObject
        Get-Content $broken/.codex/hooks.json | Should -Be '{"hooks":'
    }
}
